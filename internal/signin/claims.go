package signin

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

const (
	maxGroups   = 1000 // entries; beyond that the claim is taken for a mistake
	maxGroup    = 256  // bytes of one group's name
	maxReadable = 200  // characters of a name or address
)

// claims are a token's or header's members by exact name. Decoding into a struct
// would let "Sub" stand for "sub", and people may be able to set the former.
type claims map[string]json.RawMessage

// quoted is a member that holds text.
func quoted(text string) json.RawMessage {
	raw, _ := json.Marshal(text) // a string always can be
	return raw
}

// text returns a member that is absent, or a string.
func (c claims) text(name string) (string, error) {
	raw, present := c[name]
	if !present {
		return "", nil
	}
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil || text == nil {
		return "", fmt.Errorf("%s is not a string", name)
	}
	return *text, nil
}

// time returns a member that is absent (the zero time), or a NumericDate (RFC 7519).
func (c claims) time(name string) (time.Time, error) {
	raw, present := c[name]
	if !present {
		return time.Time{}, nil
	}
	var seconds *float64
	if err := json.Unmarshal(raw, &seconds); err != nil || seconds == nil || *seconds < 0 || *seconds > math.MaxInt32*100 {
		return time.Time{}, fmt.Errorf("%s is not a time", name)
	}
	return time.Unix(int64(*seconds), 0).UTC(), nil
}

// strings returns a member that is a string or a list of strings.
func (c claims) strings(name string) ([]string, error) {
	if text, err := c.text(name); err == nil && text != "" {
		return []string{text}, nil
	}
	var list []*string
	if err := json.Unmarshal(c[name], &list); err != nil || list == nil || slices.Contains(list, nil) {
		return nil, fmt.Errorf("%s is neither a string nor a list of strings", name)
	}
	texts := make([]string, len(list))
	for i, text := range list {
		texts[i] = *text
	}
	return texts, nil
}

// identifier returns a member that other checks rely on: a string that is short
// and can stand in a log.
func (c claims) identifier(name string) (string, error) {
	text, err := c.text(name)
	if err != nil {
		return "", err
	}
	if len(text) > maxName || strings.ContainsFunc(text, unicode.IsControl) {
		return "", fmt.Errorf("%s is longer than %d bytes or holds a control character", name, maxName)
	}
	return text, nil
}

// readable returns the first of the named members that holds anything, made
// harmless to show: it is for people and decides nothing.
func (c claims) readable(names ...string) string {
	for _, name := range names {
		text, _ := c.text(name)
		text = strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(text, "")))
		if runes := []rune(text); len(runes) > maxReadable {
			text = string(runes[:maxReadable])
		}
		if text != "" {
			return text
		}
	}
	return ""
}

// elsewhere reports whether the provider put a pointer in place of the member
// (Core section 5.6.2), as some do when a person is in too many groups.
func (c claims) elsewhere(name string) bool {
	var pointers map[string]json.RawMessage
	_ = json.Unmarshal(c["_claim_names"], &pointers)
	_, present := pointers[name]
	return present
}

// groups returns a person's groups, byte for byte. Anything unexpected makes the
// whole claim void: half a list could leave out what somebody was removed from.
func (c claims) groups(name string) ([]string, error) {
	list, err := c.strings(name)
	if err != nil {
		return nil, err
	}
	if len(list) > maxGroups {
		return nil, fmt.Errorf("%s has %d entries, more than %d", name, len(list), maxGroups)
	}
	for _, group := range list {
		if group == "" || len(group) > maxGroup || strings.ContainsFunc(group, unicode.IsControl) {
			return nil, fmt.Errorf("%s has an entry that is empty, longer than %d bytes, or holds a control character", name, maxGroup)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

var errNoGroups = errors.New("the provider sent no groups claim")
