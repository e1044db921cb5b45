package sandbox

import "slices"

// Persona is somebody who can sign in at the simulated identity provider.
type Persona struct {
	Subject  string // the sub claim
	Name     string
	Role     string // shown beside the name, for whoever picks
	Note     string // one sentence about what they will see
	Username string // the preferred_username claim
	Email    string
	Groups   []string // the groups claim
}

// The subjects of the personas that are there from the start.
const (
	SubjectEmployee   = "elena.brandt"
	SubjectAccountant = "amir.haddad"
	SubjectAdmin      = "ada.okafor"
	SubjectNewcomer   = "nour.benali"
)

// defaultPersonas is one person for each role, and one without.
func defaultPersonas() []Persona {
	return []Persona{
		persona(SubjectEmployee, "Elena Brandt", "Employee, three accounts",
			"Runs the sites in Leipzig, Slough and Wrocław and looks after what they cost.", GroupStaff, GroupReaders),
		persona(SubjectAccountant, "Amir Haddad", "Accountant, all accounts",
			"Checks every bill, takes the PDFs and closes the month.", GroupStaff, GroupAccounting),
		persona(SubjectAdmin, "Ada Okafor", "Admin, no bills",
			"Keeps the account register, the grants and the link to the Billing API.", GroupStaff, GroupAdmins),
		persona(SubjectNewcomer, "Nour Benali", "Newcomer, no role yet",
			"Started this week and has not been given anything.", GroupStaff),
	}
}

func persona(subject, name, role, note string, groups ...string) Persona {
	return Persona{
		Subject: subject, Name: name, Role: role, Note: note,
		Username: subject, Email: subject + "@meridian.example", Groups: groups,
	}
}

// Personas gives the personas in the order in which the sign-in page shows them.
func (p *Identity) Personas() []Persona {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := slices.Clone(p.personas)
	for i := range all {
		all[i].Groups = slices.Clone(all[i].Groups)
	}
	return all
}

// SetPersona adds a persona, or replaces the one with the same subject. What
// is told about somebody who is signed in changes with it; ID tokens already given
// out stay as they are.
func (p *Identity) SetPersona(persona Persona) {
	p.mu.Lock()
	defer p.mu.Unlock()
	persona.Groups = slices.Clone(persona.Groups)
	if i := p.indexOf(persona.Subject); i >= 0 {
		p.personas[i] = persona
		return
	}
	p.personas = append(p.personas, persona)
}

// SetGroups replaces the groups of a persona, also for whoever asks again about
// somebody who is signed in; it says whether there is such a persona.
func (p *Identity) SetGroups(subject string, groups ...string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.indexOf(subject)
	if i < 0 {
		return false
	}
	p.personas[i].Groups = slices.Clone(groups)
	return true
}

// RemovePersona takes a persona off the sign-in page and ends their sessions.
func (p *Identity) RemovePersona(subject string) {
	p.mu.Lock()
	p.personas = slices.DeleteFunc(p.personas, func(one Persona) bool { return one.Subject == subject })
	p.mu.Unlock()
	p.Forget(subject)
}

// Forget ends every session of a persona, who may sign in again.
func (p *Identity) Forget(subject string) {
	p.endSessions(func(g *grant) bool { return g.subject == subject })
}

// indexOf needs p.mu.
func (p *Identity) indexOf(subject string) int {
	return slices.IndexFunc(p.personas, func(one Persona) bool { return one.Subject == subject })
}
