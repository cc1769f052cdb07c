package handlers

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

const (
	fieldLead   = "lead"
	fieldNumber = "number"

	// alone is the answer that a case is handled by itself.
	alone = "-"
)

// How far back other reports of the same event are looked for, and how many are looked at and shown.
const (
	similarAge   = 14 * 24 * time.Hour
	similarLook  = 60
	similarShown = 3
	leadsShown   = 15
)

// similar are the cases reported shortly before one that may be of the same event, the newest first.
func (a *App) similar(ctx context.Context, c store.Incident) ([]store.Incident, error) {
	if c.StopQuestion || c.Secret {
		return nil, nil
	}
	recent, err := a.Store.IncidentsBefore(ctx, c.ID, c.RegisteredAt.Add(-similarAge), similarLook)
	if err != nil {
		return nil, err
	}
	this := a.similarInput(c)
	return slices.DeleteFunc(recent, func(o store.Incident) bool {
		return o.StopQuestion || o.Secret || !policy.Similar(this, a.similarInput(o))
	}), nil
}

func (a *App) similarInput(c store.Incident) policy.SimilarInput {
	in := policy.SimilarInput{Text: a.fingerprints.of(c), Category: c.Category}
	if c.SystemID != nil {
		in.System = *c.SystemID
	}
	return in
}

// fingerprints remembers what the latest reports are about: every new one is compared with those before it, for each copy of its card.
type fingerprints struct {
	mu    sync.Mutex
	known map[int64]policy.Fingerprint // by incidents.id
}

// mostFingerprints is how many are remembered; then it begins anew.
const mostFingerprints = 4 * similarLook

func (f *fingerprints) of(c store.Incident) policy.Fingerprint {
	f.mu.Lock()
	defer f.mu.Unlock()
	if found, ok := f.known[c.ID]; ok {
		return found
	}
	if f.known == nil || len(f.known) >= mostFingerprints {
		f.known = make(map[int64]policy.Fingerprint, mostFingerprints)
	}
	f.known[c.ID] = policy.NewFingerprint(c.Text)
	return f.known[c.ID]
}

// openGroup opens the dialog where a case is put under another one.
func (a *App) openGroup(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Group)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.groupDialog(ctx, lang, req.Actor, incident)
	return bot.Reply{Dialog: dialog}, err
}

// groupDialog offers the case that this one is under, those that are like it, and the latest others.
func (a *App) groupDialog(ctx context.Context, lang string, who bot.Actor, c store.Incident) (*bot.Dialog, error) {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	alike, err := a.similar(ctx, c)
	if err != nil {
		return nil, err
	}
	recent, err := a.Store.IncidentsBefore(ctx, math.MaxInt64, c.RegisteredAt.Add(-similarAge), similarLook)
	if err != nil {
		return nil, err
	}
	current := alone
	if c.LeadID != nil {
		lead, err := a.Store.IncidentByID(ctx, *c.LeadID)
		if err != nil {
			return nil, err
		}
		current = lead.Number
		alike = slices.Insert(alike, 0, lead)
	}
	options := []bot.Option{{Value: alone, Label: t("group.alone")}}
	for _, o := range append(alike, recent...) {
		known := slices.ContainsFunc(options, func(known bot.Option) bool { return known.Value == o.Number })
		if known || o.ID == c.ID || o.Status == store.Closed || len(options) > leadsShown {
			continue
		}
		roles, err := a.rolesOn(ctx, who, o)
		if err != nil {
			return nil, err
		}
		if policy.May(roles, policy.Group, facts(o)) {
			options = append(options, bot.Option{Value: o.Number, Label: o.Number + " · " + t("category."+string(o.Category)),
				Help: t("group.reported", locale.Data{"Time": locale.Time(o.RegisteredAt, a.Settings.Location)})})
		}
	}
	return &bot.Dialog{
		ID: groupButton, Subject: c.Ref, Title: c.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldLead, Kind: bot.Choice, Required: true, Label: t("group.under"), Help: t("group.under.help"), Options: options},
			{ID: fieldNumber, Kind: bot.Text, Max: maxCaseNumber, Label: t("group.number"), Help: t("group.number.help")},
		},
		Values: bot.Values{fieldLead: {current}},
	}, nil
}

// maxCaseNumber is the length of a case's number with some room, in characters.
const maxCaseNumber = 20

// group puts a case under another one: what is then done with that one is done with this one too. A case that others are under takes them
// along. Chains are not made: under a case that is itself under another, a case comes under that other.
func (a *App) group(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Group)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.groupDialog(ctx, lang, req.Actor, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	field, chosen := fieldLead, req.Values.Get(fieldLead)
	if number := strings.TrimSpace(req.Values.Get(fieldNumber)); number != "" {
		field, chosen = fieldNumber, number
		dialog.Values[fieldLead] = []string{alone}
	} else if found := dialog.Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	var lead *store.Incident
	if chosen != alone {
		var problem string
		if lead, problem, err = a.leadNumbered(ctx, req.Actor, incident, chosen); err != nil {
			return bot.Reply{}, err
		}
		if problem != "" {
			return bot.Reply{Errors: map[string]string{field: a.Texts.T(lang, problem)}}, nil
		}
	}
	var old *int64
	err = a.change(ctx, req, incident, "incident.grouped",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			old = c.LeadID
			if lead == nil && old == nil || lead != nil && old != nil && *old == lead.ID {
				return nil, errDone
			}
			if lead == nil {
				c.LeadID = nil
				return map[string]any{"under": ""}, nil
			}
			detail := map[string]any{"under": lead.Number}
			if err := a.bringAlong(ctx, tx, req, actor, c.ID, *lead); err != nil {
				return nil, err
			}
			return detail, a.putUnder(ctx, tx, actor, c, *lead)
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			for _, id := range []*int64{old, c.LeadID} { // their cards say what is under them
				if id == nil {
					continue
				}
				if _, err := a.touch(ctx, tx, *id); err != nil {
					return nil, err
				}
			}
			if incident.Status == store.New && c.Status != store.New {
				return a.taken(ctx)(tx, c)
			}
			return nil, nil
		})
	return a.ended(lang, fieldLead, err)
}

// leadNumbered is the case with a number that another can come under; otherwise problem is the key of what is wrong with it.
func (a *App) leadNumbered(ctx context.Context, who bot.Actor, c store.Incident, number string) (
	lead *store.Incident, problem string, err error,
) {
	parsed, ok := caseArgument(number)
	if !ok {
		return nil, "problem.case_number", nil
	}
	found, err := a.Store.IncidentByNumber(ctx, parsed)
	if err == nil && found.LeadID != nil && *found.LeadID != c.ID {
		found, err = a.Store.IncidentByID(ctx, *found.LeadID)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, "problem.case_unknown", nil
	}
	if err != nil {
		return nil, "", err
	}
	roles, err := a.rolesOn(ctx, who, found)
	switch {
	case err != nil:
		return nil, "", err
	case policy.Access(roles, policy.Group, facts(found)) == policy.Refused:
		return nil, "problem.case_unknown", nil
	case found.Status == store.Closed:
		return nil, "problem.case_closed", nil
	case found.ID == c.ID || found.LeadID != nil:
		return nil, "problem.case_same", nil
	}
	return &found, "", nil
}

// bringAlong puts what is under a case under the one that the case itself comes under.
func (a *App) bringAlong(ctx context.Context, tx *store.Tx, req bot.Request, actor store.Account, id int64, lead store.Incident) error {
	members, err := tx.Members(ctx, id)
	if err != nil {
		return err
	}
	for _, m := range members {
		err := a.changeOne(ctx, tx, req, actor, m.ID, "incident.grouped",
			func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
				return map[string]any{"under": lead.Number}, a.putUnder(ctx, tx, actor, c, lead)
			}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// putUnder puts a case under another one, and as far as that one has come: taken when it is taken, decided when it is decided whether
// personal data was breached.
func (a *App) putUnder(ctx context.Context, tx *store.Tx, actor store.Account, c *store.Incident, lead store.Incident) error {
	c.LeadID = &lead.ID
	if lead.Status != store.New && c.Status == store.New {
		if err := a.take(ctx, tx, actor, c); err != nil {
			return err
		}
	}
	decisions, err := tx.Decisions(ctx, lead.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(decisions, func(d store.Decision) bool { return d.Decision == policy.BreachDecision }) {
		_, err = tx.Supersede(ctx, decideClock(c.ID))
	}
	return err
}

// groupText is what a case is under, or what is under it, as it stands on the card.
func (a *App) groupText(lead *store.Incident, members []store.Incident) (key, numbers string) {
	if lead != nil {
		return "card.under", lead.Number
	}
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.Number
	}
	const shownMembers = 10
	if len(names) > shownMembers {
		names = append(names[:shownMembers], "…")
	}
	return "card.over", strings.Join(names, ", ")
}
