package sqlite_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"testing"
)

// statements follows the text of every SQL statement of this package back to where
// it was written, which must be the source and never a value.
type statements struct {
	set    *token.FileSet
	funcs  map[string]*ast.FuncDecl
	texts  map[string]ast.Expr // constants and variables of the package
	sinks  map[string]int      // functions that take SQL, and in which parameter
	active map[string]bool     // what is being followed, so that loops end
	found  []string
	seen   int
}

// takers are the functions in which a statement ends, by the place of its text.
var takers = map[string]int{
	"ExecContext": 1, "QueryContext": 1, "QueryRowContext": 1, "PrepareContext": 1, "collect": 3, "and": 0, "bound": 0,
}

// reviewed are texts that the rule cannot follow, and where they come from.
var reviewed = map[string]string{
	"p.name": "the names of pragmas in a literal table",
}

func readStatements(t *testing.T, files map[string]string) *statements {
	t.Helper()
	s := &statements{
		set: token.NewFileSet(), funcs: map[string]*ast.FuncDecl{}, texts: map[string]ast.Expr{}, sinks: map[string]int{}, active: map[string]bool{},
	}
	for name, source := range files {
		file, err := parser.ParseFile(s.set, name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range file.Decls {
			s.declare(declared)
		}
	}
	for name, place := range takers {
		s.sinks[name] = place
	}
	for grown := true; grown; {
		before := len(s.sinks)
		s.found, s.seen = nil, 0
		for _, f := range s.funcs {
			s.check(f)
		}
		grown = len(s.sinks) > before
	}
	return s
}

func (s *statements) declare(declared ast.Decl) {
	switch d := declared.(type) {
	case *ast.FuncDecl:
		s.funcs[d.Name.Name] = d
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for i, name := range v.Names {
					if i < len(v.Values) {
						s.texts[name.Name] = v.Values[i]
					}
				}
			}
		}
	}
}

// check looks at every call in f that takes SQL, and at every clause that is made.
func (s *statements) check(f *ast.FuncDecl) {
	ast.Inspect(f, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.CallExpr:
			place, takes := s.sinks[called(n)]
			if takes && place < len(n.Args) && !s.prepared(f, n) {
				s.seen++
				s.judge(f, n.Args[place])
			}
		case *ast.CompositeLit:
			if name, ok := n.Type.(*ast.Ident); ok && name.Name == "clause" {
				for _, element := range n.Elts {
					if pair, ok := element.(*ast.KeyValueExpr); ok && pair.Key.(*ast.Ident).Name == "sql" {
						s.judge(f, pair.Value)
					}
				}
			}
		}
		return true
	})
}

// prepared reports whether a call executes a statement whose text was given before.
func (s *statements) prepared(f *ast.FuncDecl, call *ast.CallExpr) (is bool) {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	ast.Inspect(f, func(node ast.Node) bool {
		if n, ok := node.(*ast.AssignStmt); ok && len(n.Rhs) == 1 && s.print(n.Lhs[0]) == s.print(method.X) {
			from, ok := n.Rhs[0].(*ast.CallExpr)
			is = is || ok && called(from) == "PrepareContext"
		}
		return true
	})
	return is
}

func (s *statements) judge(f *ast.FuncDecl, text ast.Expr) {
	if !s.written(f, text) {
		s.found = append(s.found, s.set.Position(text.Pos()).String()+": "+s.print(text))
	}
}

func (s *statements) print(e ast.Expr) string {
	var b bytes.Buffer
	_ = printer.Fprint(&b, s.set, e) // a bytes.Buffer does not fail
	return b.String()
}

func called(call *ast.CallExpr) string {
	fun := call.Fun
	if generic, ok := fun.(*ast.IndexExpr); ok {
		fun = generic.X
	}
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// written reports whether a text is made of nothing but what stands in the source.
func (s *statements) written(f *ast.FuncDecl, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.ParenExpr:
		return s.written(f, e.X)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && s.written(f, e.X) && s.written(f, e.Y)
	case *ast.SelectorExpr:
		_, known := reviewed[s.print(e)]
		return e.Sel.Name == "sql" || known
	case *ast.CompositeLit:
		for _, element := range e.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				element = pair.Value
			}
			if !s.written(f, element) {
				return false
			}
		}
		return true
	case *ast.CallExpr:
		return s.writtenCall(f, e)
	case *ast.Ident:
		return s.writtenName(f, e)
	}
	return false
}

func (s *statements) writtenCall(f *ast.FuncDecl, call *ast.CallExpr) bool {
	switch name := called(call); name {
	case "Join", "append", "Replace":
		for _, part := range call.Args {
			if number, ok := part.(*ast.BasicLit); ok && number.Kind == token.INT {
				continue
			}
			if !s.written(f, part) {
				return false
			}
		}
		return true
	default:
		return s.returned(name, 0)
	}
}

// returned reports whether a function of this package returns written text only.
func (s *statements) returned(name string, place int) bool {
	f, ok := s.funcs[name]
	if !ok {
		return false
	}
	good, returns := true, 0
	ast.Inspect(f.Body, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			returns++
			good = good && place < len(n.Results) && s.written(f, n.Results[place])
		}
		return true
	})
	return good && returns > 0
}

// writtenName follows a name to its constant, to what is assigned to it, or to the
// callers who pass it.
func (s *statements) writtenName(f *ast.FuncDecl, name *ast.Ident) bool {
	key := f.Name.Name + "." + name.Name
	if s.active[key] {
		return true // judged where the following began
	}
	s.active[key] = true
	defer delete(s.active, key)
	if s.parameter(f, name.Name) {
		return true
	}
	assigned, good := false, true
	ast.Inspect(f, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if target, ok := left.(*ast.Ident); ok && target.Name == name.Name {
					assigned, good = true, good && s.assigned(f, n, i)
				}
			}
		case *ast.ValueSpec:
			for i, declared := range n.Names {
				if declared.Name == name.Name && i < len(n.Values) {
					assigned, good = true, good && s.written(f, n.Values[i])
				}
			}
		case *ast.RangeStmt:
			if target, ok := n.Value.(*ast.Ident); ok && target.Name == name.Name {
				assigned, good = true, good && s.written(f, n.X)
			}
		}
		return true
	})
	if assigned {
		return good
	}
	text, ok := s.texts[name.Name]
	return ok && s.written(f, text)
}

func (s *statements) assigned(f *ast.FuncDecl, n *ast.AssignStmt, place int) bool {
	if len(n.Rhs) == len(n.Lhs) {
		return s.written(f, n.Rhs[place])
	}
	call, ok := n.Rhs[0].(*ast.CallExpr)
	return ok && s.returned(called(call), place)
}

// parameter makes a function, or a closure that has a name, which takes SQL one that
// is judged where it is called.
func (s *statements) parameter(f *ast.FuncDecl, name string) bool {
	if place := placeOf(f.Type.Params, name); place >= 0 {
		s.sinks[f.Name.Name] = place
		return true
	}
	is := false
	ast.Inspect(f, func(node ast.Node) bool {
		n, ok := node.(*ast.AssignStmt)
		if !ok || len(n.Rhs) != 1 {
			return true
		}
		closure, ok := n.Rhs[0].(*ast.FuncLit)
		if !ok {
			return true
		}
		if place := placeOf(closure.Type.Params, name); place >= 0 {
			s.sinks[n.Lhs[0].(*ast.Ident).Name] = place
			is = true
		}
		return true
	})
	return is
}

func placeOf(params *ast.FieldList, name string) int {
	place := 0
	for _, field := range params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return place
			}
			place++
		}
	}
	return -1
}
