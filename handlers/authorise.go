package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// emailOf is the e-mail address that a person is known by: what the surface gave for their account, or the staff list's where the account
// is linked to it. "" when none is known.
func (a *App) emailOf(ctx context.Context, who bot.Actor) (string, error) {
	account, err := a.Store.Account(ctx, who.Surface, who.ID)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("looking up an account's address: %w", err)
	}
	return account.Email, nil
}

// rolesOf are the roles that the settings give a person, by the account itself or by the e-mail address it is known by.
func (a *App) rolesOf(ctx context.Context, who bot.Actor) ([]policy.Role, error) {
	email, err := a.emailOf(ctx, who)
	return a.rolesOfKnown(who, email), err
}

func (a *App) rolesOfKnown(who bot.Actor, email string) []policy.Role {
	return slices.DeleteFunc(policy.Roles(), func(role policy.Role) bool {
		return !slices.ContainsFunc(a.Settings.Roles[role], func(h Holder) bool { return h.is(who, email) })
	})
}

// rolesOn are a person's roles in a case: those of the settings, and those that follow from the case itself.
func (a *App) rolesOn(ctx context.Context, who bot.Actor, c store.Incident) ([]policy.Role, error) {
	email, err := a.emailOf(ctx, who)
	if err != nil {
		return nil, err
	}
	return a.rolesOnKnown(ctx, who, email, c)
}

// rolesOnKnown is rolesOn for who has looked up the address already.
func (a *App) rolesOnKnown(ctx context.Context, who bot.Actor, email string, c store.Incident) ([]policy.Role, error) {
	roles := a.rolesOfKnown(who, email)
	for _, role := range c.Involved {
		if !slices.Contains(lineRoles, role) {
			continue
		}
		holders, err := a.holdersOn(ctx, role, c)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(holders, func(h Holder) bool { return h.is(who, email) }) {
			roles = append(roles, role)
		}
	}
	return roles, nil
}

// lineRoles are the roles that follow from a case: the ordinary line of responsibility (policy clause 2.4).
var lineRoles = []policy.Role{policy.SystemOwner, policy.UnitManager}

// holdersOn are who holds a role in a case; none when nobody does.
func (a *App) holdersOn(ctx context.Context, role policy.Role, c store.Incident) ([]Holder, error) {
	email := ""
	switch role {
	case policy.SystemOwner:
		if c.SystemID != nil {
			system, err := a.Store.SystemByID(ctx, *c.SystemID)
			if err != nil {
				return nil, fmt.Errorf("looking up the owner of a system: %w", err)
			}
			email = system.OwnerEmail
		}
	case policy.UnitManager:
		if c.ReporterID != nil {
			reporter, err := a.Store.AccountByID(ctx, *c.ReporterID)
			if err != nil {
				return nil, fmt.Errorf("looking up the manager of a unit: %w", err)
			}
			person, err := a.Store.PersonByEmail(ctx, reporter.Email)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, fmt.Errorf("looking up the manager of a unit: %w", err)
			}
			email = person.ManagerEmail
		}
	default:
		return a.Settings.Roles[role], nil
	}
	if email == "" {
		return nil, nil
	}
	return []Holder{{Email: strings.ToLower(email)}}, nil
}

// facts are what of a case decides who may do what with it.
func facts(c store.Incident) policy.Case {
	return policy.Case{
		Stop: c.StopQuestion, Secret: c.Secret, Closed: c.Status == store.Closed, Category: c.Category, PersonalData: c.PersonalData,
		Involved: c.Involved,
	}
}

func (h Holder) is(who bot.Actor, email string) bool {
	return h.Accounts[who.Surface] == who.ID && who.ID != "" || email != "" && strings.EqualFold(h.Email, email)
}

// caseFor is the incident that a request concerns, when the person may do what they ask for. Otherwise denied is the
// friendly answer to give, and a refusal for lack of role is in the audit chain. A dialog about a case that was closed while it was
// filled in is let through: change refuses it in a way that keeps what was typed.
func (a *App) caseFor(ctx context.Context, req bot.Request, action policy.Action) (
	incident store.Incident, lang string, denied *bot.Reply, err error,
) {
	lang = a.language(ctx, req.Actor)
	incident, err = a.Store.Incident(ctx, req.Subject)
	if errors.Is(err, store.ErrNotFound) {
		reply := a.private(lang, "stale_button")
		return incident, lang, &reply, nil
	}
	if err != nil {
		return incident, lang, nil, fmt.Errorf("looking up the incident of a request: %w", err)
	}
	roles, err := a.rolesOn(ctx, req.Actor, incident)
	if err != nil {
		return incident, lang, nil, err
	}
	switch policy.Access(roles, action, facts(incident)) {
	case policy.NotClosed:
		if req.Kind == bot.Press {
			reply := a.private(lang, "already_closed", locale.Data{"Number": incident.Number})
			denied = &reply
		}
	case policy.Refused:
		denied, err = a.refuse(ctx, req, lang, incident.Number, string(action))
	}
	return incident, lang, denied, err
}

// refuse is refused with the answer to give.
func (a *App) refuse(ctx context.Context, req bot.Request, lang, subject, action string) (*bot.Reply, error) {
	reply := a.private(lang, "refused")
	return &reply, a.refused(ctx, req, subject, action)
}

// refused records that somebody asked for what they may not do, once.
func (a *App) refused(ctx context.Context, req bot.Request, subject, action string) error {
	err := a.once(ctx, req.Key+":refused", func(tx *store.Tx) error {
		return a.audit(ctx, tx, actorName(req.Actor), "access.refused", subject, map[string]any{"action": action})
	})
	if err != nil {
		return fmt.Errorf("recording a refusal: %w", err)
	}
	a.Metrics.refusals.WithLabelValues(action).Inc()
	return nil
}
