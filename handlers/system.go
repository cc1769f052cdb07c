package handlers

import (
	"context"
	"errors"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

const (
	fieldNewSystem = "new_system"
	maxSystemName  = 80
)

// openSystem opens the dialog where a case is linked to a system of the inventory, or a system is added to it.
func (a *App) openSystem(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.SetSystem)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.systemDialog(ctx, lang, incident)
	return bot.Reply{Dialog: dialog}, err
}

func (a *App) systemDialog(ctx context.Context, lang string, c store.Incident) (*bot.Dialog, error) {
	t := func(key string) string { return a.Texts.T(lang, key) }
	dialog := &bot.Dialog{
		ID: systemButton, Subject: c.Ref, Title: c.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldSystem, Kind: bot.Lookup, Label: t("system.which"), Placeholder: t("report.system.placeholder")},
			{ID: fieldNewSystem, Kind: bot.Text, Min: 2, Max: maxSystemName, Label: t("system.new"), Help: t("system.new.help")},
		},
		Values: bot.Values{},
	}
	if c.SystemID != nil {
		system, err := a.Store.SystemByID(ctx, *c.SystemID)
		if err != nil {
			return nil, err
		}
		dialog.Values[fieldSystem] = []string{system.Key, system.Name}
	}
	return dialog, nil
}

// setSystem links a case to a system, which is added to the inventory when it is not there: unclassified, until somebody has seen to that.
// A severity that nobody has set by hand follows the system's class levels.
func (a *App) setSystem(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.SetSystem)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.systemDialog(ctx, lang, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	if found := dialog.Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	name := strings.Join(strings.Fields(req.Values.Get(fieldNewSystem)), " ")
	if name != "" && systemKey(name) == "" {
		return bot.Reply{Errors: map[string]string{fieldNewSystem: a.Texts.T(lang, "problem.system_name")}}, nil
	}
	var system *store.System
	if name == "" {
		system, err = a.systemByAnswer(ctx, req.Values.Get(fieldSystem))
	} else {
		system, err = a.Store.SystemNamed(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			system, err = &store.System{Key: systemKey(name), Name: name, PersonalData: policy.Unknown, Active: true}, nil
		}
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if system == nil && req.Values.Get(fieldSystem) == "" {
		return bot.Reply{Errors: map[string]string{fieldNewSystem: a.Texts.T(lang, "problem.system")}}, nil
	}
	err = a.change(ctx, req, incident, "incident.system_set",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			if system != nil && system.ID == 0 {
				if err := tx.CreateSystem(ctx, system); err != nil {
					return nil, err
				}
				if err := a.audit(ctx, tx, actorName(req.Actor), "system.added", system.Key, map[string]any{"incident": c.Number}); err != nil {
					return nil, err
				}
			}
			return a.linkSystem(ctx, tx, c, system)
		}, nil)
	if errors.Is(err, store.ErrConflict) {
		return bot.Reply{Errors: map[string]string{fieldNewSystem: a.Texts.T(lang, "problem.system_taken")}}, nil
	}
	return a.ended(lang, fieldSystem, err)
}

// linkSystem has a case concern a system, nil for none that the inventory knows, and returns what the audit event says.
func (a *App) linkSystem(ctx context.Context, tx *store.Tx, c *store.Incident, system *store.System) (map[string]any, error) {
	var id *int64
	var levels *policy.Levels
	key := ""
	if system != nil {
		id, levels, key = &system.ID, system.Levels, system.Key
	}
	if id == c.SystemID || id != nil && c.SystemID != nil && *id == *c.SystemID {
		return nil, errDone
	}
	detail := map[string]any{"new": key, "old_severity": c.Severity}
	c.SystemID = id
	if err := a.assessAnew(ctx, tx, c, levels); err != nil {
		return nil, err
	}
	detail["new_severity"] = c.Severity
	return detail, nil
}

// assessAnew has a severity that nobody has set by hand follow what is now known of a case.
func (a *App) assessAnew(ctx context.Context, tx *store.Tx, c *store.Incident, levels *policy.Levels) error {
	if c.SeverityNote != "" {
		return nil
	}
	old := c.Severity
	c.Severity, c.SeverityReasons = policy.Assess(severityInput(*c, levels))
	if c.Severity == old {
		return nil
	}
	return a.escalateAnew(ctx, tx, *c)
}

// systemKey makes the key of a system from its name: small letters, digits and hyphens.
func systemKey(name string) string {
	key := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case strings.ContainsRune("åäáàæ", r):
			return 'a'
		case strings.ContainsRune("öóø", r):
			return 'o'
		case strings.ContainsRune("éèê", r):
			return 'e'
		case strings.ContainsRune("üú", r):
			return 'u'
		}
		return ' '
	}, strings.ToLower(name))
	return strings.Join(strings.Fields(key), "-")
}
