package templates

// ErrorView is the page of a request that could not be answered. Its heading and sentence follow from
// Code; the cause stays in the log, where RequestID leads to it.
type ErrorView struct {
	Page
	Code     ErrorCode
	Heading  string // in place of the usual heading, or empty
	Sentence string // in place of the usual sentence, or empty
	RetryURL string // where trying again makes sense, or empty
	When     string // finished date and time, or empty
}

// ErrorCode is an HTTP status that has texts: 400, 401, 403, 404, 405, 413, 414, 429, 431,
// 500, 502 or 503.
type ErrorCode string

// titled is the frame of the page with the heading for a title.
func (v ErrorView) titled() Page {
	v.Title = v.heading()
	return v.Page
}

// heading names what went wrong; statuses without their own text read as an internal error.
func (v ErrorView) heading() string {
	if v.Heading != "" {
		return v.Heading
	}
	return v.t("error." + string(v.Code.known()) + ".title")
}

func (v ErrorView) sentence() string {
	if v.Sentence != "" {
		return v.Sentence
	}
	return v.t("error." + string(v.Code.known()) + ".text")
}

func (c ErrorCode) known() ErrorCode {
	switch c {
	case "400", "401", "403", "404", "405", "413", "414", "429", "431", "502", "503":
		return c
	}
	return "500"
}
