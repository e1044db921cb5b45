package templates

// SetupView is the first page of an admin while the portal is being set up.
type SetupView struct {
	Page
	Steps SetupSteps
}

// SetupSteps are the four steps from an empty portal to people reading bills. While RefreshURL is set
// the list asks it for itself every two seconds.
type SetupSteps struct {
	RefreshURL                  string
	Connect, Sync, Admit, Grant SetupStep
	Progress                    *FirstSyncView // of the second step, while it runs
	AdmitForm                   *AdmitForm     // nil hides the button
	Summary                     string         // what is open, once every step is done
}

// Done reports whether every step is.
func (v SetupSteps) Done() bool {
	return v.Connect.State == StepDone && v.Sync.State == StepDone && v.Admit.State == StepDone && v.Grant.State == StepDone
}

// StepState is how far a step is; the zero value is later.
type StepState string

// The states of a step.
const (
	StepLater  StepState = ""
	StepNow    StepState = "now"
	StepDone   StepState = "done"
	StepFailed StepState = "failed"
)

// SetupStep is one step: its state, a sentence that says what is so or what to do, and facts such as
// the API's address.
type SetupStep struct {
	State StepState
	Why   string
	Facts []Fact
}

// icon names the sprite's symbol for a state.
func (s StepState) icon() string {
	switch s {
	case StepNow:
		return "arrow"
	case StepDone:
		return "pass"
	case StepFailed:
		return "fail"
	}
	return "unknown"
}

// class colours the symbol of a state.
func (s StepState) class() string {
	switch s {
	case StepNow:
		return "accent-text"
	case StepDone:
		return "good-text"
	case StepFailed:
		return "bad-text"
	}
	return "quiet"
}

// key is the text that names a state.
func (s StepState) key() string {
	if s == StepLater {
		return "setup.state.later"
	}
	return "setup.state." + string(s)
}
