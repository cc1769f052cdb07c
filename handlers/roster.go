package handlers

import (
	"context"
	"slices"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// roster is who is told what concerns a role: those who hold it by the settings, and others for those of them who are away. Everything
// that is sent to a role is addressed by it. It changes nobody's rights: who is away may still act, and who stands in holds a role that may
// do as much (policy.May).
type roster struct {
	holders map[policy.Role][]Holder
	away    []store.Absence
}

// roster is the roster of a time.
func (a *App) roster(ctx context.Context, tx *store.Tx, at time.Time) (roster, error) {
	away, err := tx.Absences(ctx, at)
	return roster{a.Settings.Roles, away}, err
}

// present are those who hold a role and are not away.
func (r roster) present(role policy.Role) []Holder {
	return slices.DeleteFunc(slices.Clone(r.holders[role]), r.isAway)
}

func (r roster) isAway(h Holder) bool {
	return slices.ContainsFunc(r.away, func(absence store.Absence) bool { return absence.Of(h.names()) })
}

// takers are those who are there to be told what concerns a role: its own people, and the deputy for a CISO who is away. Where that is
// nobody it is the CISO, or the deputy.
func (r roster) takers(role policy.Role) []Holder {
	all := r.holders[role]
	here := r.present(role)
	if role == policy.CISO && len(here) < len(all) {
		here = append(here, r.present(policy.DeputyCISO)...)
	}
	for _, other := range []policy.Role{policy.CISO, policy.DeputyCISO} {
		if len(here) == 0 && len(all) > 0 {
			here = r.present(other)
		}
	}
	return here
}

// of are those whom a role's messages go to. When nobody is there, because the settings were changed while somebody was away, it is those
// who are away: somebody must be told.
func (r roster) of(role policy.Role) []Holder {
	if takers := r.takers(role); len(takers) > 0 {
		return takers
	}
	return r.holders[role]
}

// triage are those who work the cases: the CISO, or the deputy where no CISO is named.
func (r roster) triage() []Holder {
	if len(r.holders[policy.CISO]) > 0 {
		return r.of(policy.CISO)
	}
	return r.of(policy.DeputyCISO)
}

// atOnce are those who are told of a new case as soon as it is reported. What touches Sweden's security is told to the head of security
// alone; when none is named, to those who work the cases.
func (r roster) atOnce(c store.Incident) []Holder {
	if c.StopQuestion && len(r.holders[policy.SecurityChief]) > 0 {
		return r.of(policy.SecurityChief)
	}
	return r.triage()
}

// uncovered is a role that somebody holds and whose messages nobody is there to take, "" when there is none.
func (r roster) uncovered() policy.Role {
	for _, role := range policy.Roles() {
		if len(r.holders[role]) > 0 && len(r.takers(role)) == 0 {
			return role
		}
	}
	return ""
}

// names are all that a holder is known by, as an absence names them.
func (h Holder) names() []string {
	var all []string
	if h.Email != "" {
		all = append(all, "email:"+h.Email)
	}
	for surface, id := range h.Accounts {
		all = append(all, surface+":"+id)
	}
	slices.Sort(all)
	return all
}

// among tells whether a holder is one of others, by whichever name.
func (h Holder) among(others []Holder) bool {
	return slices.ContainsFunc(others, func(o Holder) bool {
		return slices.ContainsFunc(o.names(), func(name string) bool { return slices.Contains(h.names(), name) })
	})
}
