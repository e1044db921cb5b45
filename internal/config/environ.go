package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// maxSecretFile bounds a secret file in bytes, so that a wrong path (a device, a
// log) is an error and not an endless read.
const maxSecretFile = 64 << 10

// environment holds variables by name.
type environment map[string]string

func parseEnviron(environ []string) environment {
	env := make(environment, len(environ))
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return env
}

// read finds the text of v and where it came from. The warning concerns the
// secret file's permissions.
func (env environment) read(v variable) (text, source, warning string, err error) {
	text = env[v.name]
	path := ""
	if v.secret {
		path = env[v.name+"_FILE"]
	}
	switch {
	case text != "" && path != "":
		return "", "environment", "", fmt.Errorf("and %s_FILE are both set; keep one", v.name)
	case path != "":
		text, warning, err = readSecretFile(v.name+"_FILE", path)
		return text, "file " + path, warning, err
	case text != "":
		return text, "environment", "", nil
	case v.fallback != "":
		return v.fallback, "default", "", nil
	}
	return "", "not set", "", nil
}

// readSecretFile returns the file's text without final line breaks.
func readSecretFile(name, path string) (text, warning string, err error) {
	file, err := os.Open(path) //nolint:gosec // The administrator names the file; that is the point.
	if err != nil {
		return "", "", fmt.Errorf("cannot be read from %s: %w", path, reason(err))
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", "", fmt.Errorf("cannot be read from %s: %w", path, reason(err))
	}
	if !info.Mode().IsRegular() {
		return "", "", fmt.Errorf("cannot be read from %s: not an ordinary file", path)
	}
	if info.Mode().Perm()&0o007 != 0 {
		warning = fmt.Sprintf("%s: %s can be read by every account on this machine (mode %04o); use chmod o=", name, path, info.Mode().Perm())
	}
	content, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	switch {
	case err != nil:
		return "", warning, fmt.Errorf("cannot be read from %s: %w", path, reason(err))
	case len(content) > maxSecretFile:
		return "", warning, fmt.Errorf("cannot be read from %s: larger than %d bytes", path, maxSecretFile)
	}
	text = strings.TrimRight(string(content), "\r\n")
	if text == "" {
		return "", warning, fmt.Errorf("cannot be read from %s: the file is empty", path)
	}
	return text, warning, nil
}

// reason strips the operation and path, which the message already names.
func reason(err error) error {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// misspelt warns of each variable that has one of our prefixes and that nothing
// reads: a misspelt name would otherwise leave a default in force unnoticed.
func (env environment) misspelt() []string {
	known := knownNames()
	var warnings []string
	for name := range env {
		ours := strings.HasPrefix(name, "PORTAL_") || strings.HasPrefix(name, "BILLING_") || strings.HasPrefix(name, "OIDC_")
		if ours && !slices.Contains(known, name) {
			warnings = append(warnings, fmt.Sprintf("%s is not a variable of the portal and is ignored; the nearest is %s", name, nearest(name, known)))
		}
	}
	slices.Sort(warnings)
	return warnings
}

func knownNames() []string {
	var names []string
	for _, v := range variables {
		names = append(names, v.name)
		if v.secret {
			names = append(names, v.name+"_FILE")
		}
	}
	return names
}

// nearest returns the name with the fewest edits to the given one, the earlier
// in the table when two are as near.
func nearest(name string, known []string) string {
	best, fewest := "", -1
	for _, candidate := range known {
		if d := edits(name, candidate); fewest < 0 || d < fewest {
			best, fewest = candidate, d
		}
	}
	return best
}

// edits is the Levenshtein distance in bytes; names of variables are ASCII.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
