package templates

// ProfileView shows somebody who they are here.
type ProfileView struct {
	Page
	Name     string
	Facts    []Fact
	Roles    []RoleRow
	Groups   []string // as the identity provider named them
	Count    string   // "18 accounts"
	Reasons  []ReasonRow
	Why      string // why nothing is open, or empty
	Sessions []SessionRow
	Limits   string // when sessions end by themselves
	Others   bool   // there are sessions besides the present one
}
