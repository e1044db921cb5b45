package web

// ReturnTarget is where a return target leads.
func ReturnTarget(s string) string { return returnTarget(s) }
