package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Field ids of the dialog about whom a case affected.
const (
	fieldPeople       = "people"
	fieldCount        = "count"
	fieldKinds        = "kinds"
	fieldRecords      = "records"
	fieldConsequences = "consequences"
	fieldSeriousness  = "seriousness"
	fieldInformed     = "informed"
	fieldInformedAt   = "informed_at"
	fieldInformedWhy  = "informed_why"
)

// maxFigure is the number of digits of how many: a municipality has no more people than that.
const maxFigure = 7

// The answers to whether the persons have been told.
const (
	informedYes      = "yes"
	informedWill     = "will"
	informedNot      = "no"
	informedNotKnown = "undecided"
)

// openAffected opens the dialog about whom a case affected.
func (a *App) openAffected(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.DescribeAffected)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.affectedDialog(ctx, lang, incident)
	return bot.Reply{Dialog: dialog}, err
}

func (a *App) affectedDialog(ctx context.Context, lang string, c store.Incident) (*bot.Dialog, error) {
	t := func(key string) string { return a.Texts.T(lang, key) }
	options := func(prefix string, keys ...string) []bot.Option {
		all := make([]bot.Option, len(keys))
		for i, key := range keys {
			all[i] = bot.Option{Value: key, Label: t(prefix + "." + key)}
		}
		return all
	}
	known, err := a.Store.Affected(ctx, c.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	dialog := &bot.Dialog{
		ID: affectedButton, Subject: c.Ref, Title: c.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldPeople, Kind: bot.Choices, Label: t("affected.people"), Options: options("people", policy.PeopleGroups()...)},
			{ID: fieldCount, Kind: bot.Text, Max: maxFigure, Label: t("affected.count"), Help: t("affected.count.help")},
			{ID: fieldKinds, Kind: bot.Choices, Label: t("affected.kinds"), Options: options("data", policy.DataKinds()...)},
			{ID: fieldRecords, Kind: bot.Text, Max: maxFigure, Label: t("affected.records"), Help: t("affected.records.help")},
			{ID: fieldConsequences, Kind: bot.LongText, Max: maxNote, Label: t("affected.consequences"), Help: t("affected.consequences.help")},
			{ID: fieldSeriousness, Kind: bot.Choice, Label: t("affected.seriousness"),
				Options: options("seriousness", policy.ConsequenceLevels()...)},
			{ID: fieldInformed, Kind: bot.Choice, Label: t("affected.informed"),
				Options: options("informed", informedYes, informedWill, informedNot, informedNotKnown)},
			{ID: fieldInformedAt, Kind: bot.DateTime, NotFuture: true, Required: true, Label: t("affected.informed_at"),
				ShowIf: &bot.Condition{Field: fieldInformed, OneOf: []string{informedYes}}},
			{ID: fieldInformedWhy, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, Label: t("affected.informed_why"),
				ShowIf: &bot.Condition{Field: fieldInformed, OneOf: []string{informedNot}}},
		},
		Values: bot.Values{
			fieldPeople: known.People, fieldCount: {figure(known.Persons)}, fieldKinds: known.Kinds, fieldRecords: {figure(known.Records)},
			fieldConsequences: {known.Consequences}, fieldSeriousness: {known.Seriousness}, fieldInformed: {known.Informed},
			fieldInformedWhy: {known.InformedWhy},
		},
	}
	if known.InformedAt != nil {
		dialog.Values[fieldInformedAt] = []string{known.InformedAt.Format("2006-01-02T15:04:05Z07:00")}
	}
	if len(known.Kinds) == 0 {
		for _, kind := range strings.FieldsFunc(c.SensitiveKinds, func(r rune) bool { return r == ',' }) {
			if slices.Contains(policy.DataKinds(), kind) {
				dialog.Values[fieldKinds] = append(dialog.Values[fieldKinds], kind)
			}
		}
	}
	return dialog, nil
}

// figure is a number as it stands in a dialog, "" when it is not known.
func figure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// setAffected keeps whom a case affected. That personal data is involved follows from it, and the severity where nobody has set it by hand.
func (a *App) setAffected(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.DescribeAffected)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.affectedDialog(ctx, lang, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	v := req.Values
	errs := a.problems(lang, dialog.Check(v, 0, a.Store.Now()))
	affected := store.Affected{IncidentID: incident.ID, People: v[fieldPeople], Kinds: v[fieldKinds], Seriousness: v.Get(fieldSeriousness),
		Informed: v.Get(fieldInformed)}
	for field, n := range map[string]*int{fieldCount: &affected.Persons, fieldRecords: &affected.Records} {
		text := strings.Join(strings.Fields(v.Get(field)), "")
		if text == "" || errs[field] != "" {
			continue
		}
		if *n, err = strconv.Atoi(text); err != nil || *n < 0 {
			errs[field] = a.Texts.T(lang, "problem.number")
		}
	}
	if len(errs) == 0 && !answered(v) {
		errs[fieldPeople] = a.Texts.T(lang, "problem.nothing")
	}
	if len(errs) > 0 {
		return bot.Reply{Errors: errs}, nil
	}
	affected.Consequences, _ = policy.MaskPersonalNumbers(strings.TrimSpace(v.Get(fieldConsequences)))
	switch affected.Informed {
	case informedYes:
		affected.InformedAt = optionalTime(v, fieldInformedAt)
	case informedNot:
		affected.InformedWhy, _ = policy.MaskPersonalNumbers(strings.TrimSpace(v.Get(fieldInformedWhy)))
	}
	levels, err := a.levels(ctx, incident.SystemID)
	if err != nil {
		return bot.Reply{}, err
	}
	before := incident
	err = a.change(ctx, req, incident, "incident.affected_described",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			before = *c
			if c.Status == store.Closed {
				return nil, errClosed
			}
			if err := tx.SaveAffected(ctx, affected); err != nil {
				return nil, err
			}
			if len(affected.People)+len(affected.Kinds)+affected.Persons+affected.Records > 0 {
				c.PersonalData = policy.Yes
			}
			if affected.Persons > 0 {
				c.Persons = interval(affected.Persons)
			}
			if len(affected.Kinds) > 0 {
				c.SensitiveData = slices.ContainsFunc(affected.Kinds, policy.SensitiveKind)
			}
			if err := a.assessAnew(ctx, tx, c, levels); err != nil {
				return nil, err
			}
			return map[string]any{
				"people": affected.People, "persons": affected.Persons, "kinds": affected.Kinds, "records": affected.Records,
				"seriousness": affected.Seriousness, "informed": affected.Informed, "informed_at": affected.InformedAt,
				"text_sha256": digest(affected.Consequences + "\n" + affected.InformedWhy), "severity": c.Severity,
			}, nil
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			return a.newlyConcerned(ctx, tx, before, c)
		})
	return a.ended(lang, fieldPeople, err)
}

// answered tells whether any question was answered.
func answered(v bot.Values) bool {
	for _, answers := range v {
		if slices.ContainsFunc(answers, func(answer string) bool { return strings.TrimSpace(answer) != "" }) {
			return true
		}
	}
	return false
}

// interval is the lower bound of the interval of personIntervals that a number of persons lies in.
func interval(persons int) int {
	bound := personIntervals[0]
	for _, n := range personIntervals {
		if persons >= n {
			bound = n
		}
	}
	return bound
}

// affectedText is whom a case affected as it stands on the card: how many, who, and which data; never what somebody wrote.
func (a *App) affectedText(lang string, known store.Affected) string {
	var parts []string
	if known.Persons > 0 {
		parts = append(parts, a.Texts.T(lang, "affected.persons", map[string]any{"Count": known.Persons}))
	}
	for _, key := range known.People {
		parts = append(parts, a.Texts.T(lang, "people."+key))
	}
	for _, key := range known.Kinds {
		parts = append(parts, a.Texts.T(lang, "data."+key))
	}
	return strings.Join(parts, "; ")
}
