package handlers

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// The buttons about risks (policy clause 2.5). The dialog that one opens has its id.
const (
	raiseRiskButton         = "risk_raise" // a risk that was seen in a case, which is its subject
	newRiskButton           = "risk_new"
	risksButton             = "risks" // the list, from how many on
	riskButton              = "risk"
	changeRiskButton        = "risk_change"
	estimateRiskButton      = "risk_estimate"
	estimateRiskAfterButton = "risk_estimate_after"
	riskMeasureButton       = "risk_measure"
	endRiskButton           = "risk_end"
	riskMatrixButton        = "risk_matrix"
)

// pressRisk does what a button about risks says; known is false when it is none.
func (a *App) pressRisk(ctx context.Context, req bot.Request) (reply bot.Reply, known bool, err error) {
	press := map[string]func(context.Context, bot.Request) (bot.Reply, error){
		raiseRiskButton: a.openRaiseRisk, newRiskButton: a.openNewRisk, risksButton: a.listRisks, riskButton: a.openRisk,
		changeRiskButton: a.openChangeRisk, estimateRiskButton: a.openEstimateRisk, estimateRiskAfterButton: a.openEstimateRisk,
		riskMeasureButton: a.openRiskMeasure, endRiskButton: a.openEndRisk, riskMatrixButton: a.askForRiskMatrix,
		allMeasuresButton: a.listAllMeasures,
	}[req.Name]
	if press == nil {
		return bot.Reply{}, false, nil
	}
	reply, err = press(ctx, req)
	return reply, true, err
}

// submitRisk does what a dialog about risks says; known is false when it is none.
func (a *App) submitRisk(ctx context.Context, req bot.Request) (reply bot.Reply, known bool, err error) {
	submit := map[string]func(context.Context, bot.Request) (bot.Reply, error){
		raiseRiskButton: a.raiseRisk, newRiskButton: a.newRisk, changeRiskButton: a.describeRisk, estimateRiskButton: a.estimateRisk,
		estimateRiskAfterButton: a.estimateRisk, riskMeasureButton: a.addRiskMeasure, endRiskButton: a.endRisk,
	}[req.Name]
	if submit == nil {
		return bot.Reply{}, false, nil
	}
	reply, err = submit(ctx, req)
	return reply, true, err
}

// riskDelivery is the kind of the letter that tells somebody that a risk is theirs.
const riskDelivery = "risk"

const (
	fieldRisk = "risk"
	fieldUnit = "unit"

	maxRisk = 1000
	maxUnit = 100
	// noneChosen is the answer that a risk is of any category, or cause.
	noneChosen = "-"
	// shownInList is how much of a risk's text stands in the list.
	shownInList = 200
)

// riskNumber finds the number of a risk.
var riskNumber = regexp.MustCompile(`(?i)^R(\d{1,15})$`)

// riskArgument is what follows the command about risks: nothing, or the number of one.
func riskArgument(text string) (number string, ok bool) {
	text = strings.TrimSpace(text)
	if riskNumber.MatchString(text) {
		return text, true
	}
	word, rest, _ := strings.Cut(text, " ")
	switch strings.ToLower(word) {
	case "risker", "risk", "risks":
		rest = strings.TrimSpace(rest)
		return rest, rest == "" || riskNumber.MatchString(rest)
	}
	return "", false
}

// risksAt answers the command about risks.
func (a *App) risksAt(ctx context.Context, req bot.Request, number string) (bot.Reply, error) {
	if number == "" {
		return a.listRisks(ctx, req)
	}
	id, err := strconv.ParseInt(riskNumber.FindStringSubmatch(number)[1], 10, 64)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("reading the number of a risk: %w", err)
	}
	r, err := a.Store.RiskByID(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return bot.Reply{}, err
	}
	may := false
	if err == nil {
		if may, err = a.mayWithRisk(ctx, req.Actor, r, policy.SeeRisk); err != nil {
			return bot.Reply{}, err
		}
	}
	if !may { // nobody can find out which there are
		lang := a.language(ctx, req.Actor)
		return a.private(lang, "risk.unknown", locale.Data{"Number": strings.ToUpper(number)}), nil
	}
	return a.showRisk(ctx, req, r)
}

// listRisks lists the open risks, the gravest first: all of them to those who analyse them, to others their own.
func (a *App) listRisks(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	t := func(key string) string { return a.Texts.T(lang, key) }
	email, all, err := a.mayWithRisks(ctx, req.Actor, policy.SeeRisks)
	if err != nil {
		return bot.Reply{}, err
	}
	var risks []store.Risk
	if all || email != "" {
		owner := email
		if all {
			owner = ""
		}
		if risks, err = a.Store.OpenRisks(ctx, owner); err != nil {
			return bot.Reply{}, err
		}
	}
	_, add, err := a.mayWithRisks(ctx, req.Actor, policy.AddRisk)
	if err != nil {
		return bot.Reply{}, err
	}
	heading := t("risks.heading")
	m := &bot.Message{Summary: heading, Blocks: []bot.Block{bot.Heading(heading)}}
	if len(risks) == 0 {
		m.Blocks = append(m.Blocks, bot.Paragraph(t("risks.none")))
	}
	page, next := pageOf(risks, req.Subject)
	for _, r := range page {
		m.Blocks = append(m.Blocks, bot.Facts{{Label: r.Number() + " · " + a.estimateText(lang, r.Before), Value: truncate(r.Text, shownInList)}},
			bot.Buttons{{ID: riskButton, Subject: r.Ref, Text: t("button.risk")}})
	}
	var buttons bot.Buttons
	if next != "" {
		buttons = append(buttons, bot.Button{ID: risksButton, Subject: next, Text: t("button.next_page")})
	}
	if add {
		buttons = append(buttons, bot.Button{ID: newRiskButton, Text: t("button.risk_new"), Style: bot.Primary})
	}
	if all && len(risks) > 0 {
		buttons = append(buttons, bot.Button{ID: riskMatrixButton, Text: t("button.risk_matrix")})
	}
	if len(buttons) > 0 {
		m.Blocks = append(m.Blocks, buttons)
	}
	return bot.Reply{Message: m}, nil
}

// pageLength is how many entries of a list are shown at once.
const pageLength = 10

// pageOf is the page of a list that begins at an entry, which a button's subject tells, and where the next one begins; "" when it is the
// last one.
func pageOf[T any](all []T, from string) (page []T, next string) {
	begin, err := strconv.Atoi(from)
	if err != nil || begin < 0 {
		begin = 0
	}
	begin = min(begin, len(all))
	end := min(begin+pageLength, len(all))
	if end < len(all) {
		next = strconv.Itoa(end)
	}
	return all[begin:end], next
}

// mayWithRisks tells whether a person may do something that is not about one risk, and the address that they are known by.
func (a *App) mayWithRisks(ctx context.Context, who bot.Actor, action policy.RiskAction) (email string, may bool, err error) {
	if email, err = a.emailOf(ctx, who); err != nil {
		return "", false, err
	}
	t, err := a.tree(ctx)
	if err != nil {
		return "", false, err
	}
	email = strings.ToLower(email)
	return email, policy.MayWithRisk(a.rolesOfKnown(who, email), false, email != "" && t.manages[email], action), nil
}

// mayWithRisk tells whether a person may do something with a risk.
func (a *App) mayWithRisk(ctx context.Context, who bot.Actor, r store.Risk, action policy.RiskAction) (bool, error) {
	email, err := a.emailOf(ctx, who)
	return a.mayWithRiskKnown(who, email, r, action), err
}

// mayWithRiskKnown is mayWithRisk for who has looked up the address already.
func (a *App) mayWithRiskKnown(who bot.Actor, email string, r store.Risk, action policy.RiskAction) bool {
	return policy.MayWithRisk(a.rolesOfKnown(who, email), a.owns(r.OwnerEmail, who, email), false, action)
}

// owns tells whether a person is the one that something was given to, under an address.
func (a *App) owns(owner string, who bot.Actor, email string) bool {
	return owner != "" && a.holderOf(owner).is(who, email)
}

// riskFor is the risk that a request concerns, when the person may do what they ask for. Otherwise denied is the answer to give, and a
// refusal is in the audit chain. With a risk that has ended nothing is done but seeing it.
func (a *App) riskFor(ctx context.Context, req bot.Request, action policy.RiskAction) (
	r store.Risk, lang string, denied *bot.Reply, err error,
) {
	lang = a.language(ctx, req.Actor)
	r, err = a.Store.Risk(ctx, req.Subject)
	if errors.Is(err, store.ErrNotFound) {
		reply := a.private(lang, "stale_button")
		return r, lang, &reply, nil
	}
	if err != nil {
		return r, lang, nil, err
	}
	may, err := a.mayWithRisk(ctx, req.Actor, r, action)
	switch {
	case err != nil:
	case !may:
		denied, err = a.refuse(ctx, req, lang, r.Number(), string(action))
	case r.EndedAt != nil && action != policy.SeeRisk && req.Kind == bot.Press:
		reply := a.private(lang, "risk.ended", locale.Data{"Number": r.Number()})
		denied = &reply
	}
	return r, lang, denied, err
}

// openRisk shows the risk that a button is about.
func (a *App) openRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, _, denied, err := a.riskFor(ctx, req, policy.SeeRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return a.showRisk(ctx, req, r)
}

// showRisk shows a risk to who may see it: what it is, how it is estimated, what is done about it, and what they may do.
func (a *App) showRisk(ctx context.Context, req bot.Request, r store.Risk) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	facts, err := a.riskFacts(ctx, lang, r)
	if err != nil {
		return bot.Reply{}, err
	}
	heading := t("risk.heading", locale.Data{"Number": r.Number()})
	m := &bot.Message{Summary: heading, Blocks: []bot.Block{bot.Heading(heading), bot.Quote(r.Text), facts}}
	for _, why := range []struct{ key, text string }{
		{"risk.why", r.Reason}, {"risk.why_after", r.ReasonAfter}, {"risk.why_ended", r.EndedWhy},
	} {
		if why.text != "" {
			m.Blocks = append(m.Blocks, bot.Small(t(why.key)), bot.Quote(why.text))
		}
	}
	measures, err := a.Store.MeasuresOfRisk(ctx, r.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	email, err := a.emailOf(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	may := func(action policy.RiskAction) bool { return a.mayWithRiskKnown(req.Actor, email, r, action) }
	if len(measures) > 0 {
		m.Blocks = append(m.Blocks, bot.Heading(t("risk.measures")))
	}
	for _, measure := range measures[max(0, len(measures)-pageLength):] {
		ends := measure.State == store.MeasureOpen && (may(policy.TreatRisk) || a.owns(measure.OwnerEmail, req.Actor, email))
		m.Blocks = append(m.Blocks, a.measureBlocks(lang, measure, ends)...)
	}
	if r.EndedAt != nil {
		return bot.Reply{Message: m}, nil
	}
	var buttons bot.Buttons
	for _, b := range []struct {
		id     string
		action policy.RiskAction
		offer  bool
	}{
		{estimateRiskButton, policy.EstimateRisk, true}, {riskMeasureButton, policy.TreatRisk, true},
		{estimateRiskAfterButton, policy.EstimateRisk, r.Before.Made()}, {changeRiskButton, policy.ChangeRisk, true},
		{endRiskButton, policy.EndRisk, true},
	} {
		if b.offer && may(b.action) {
			buttons = append(buttons, bot.Button{ID: b.id, Subject: r.Ref, Text: t("button." + b.id)})
		}
	}
	if len(buttons) > 0 {
		buttons[0].Style = bot.Primary
		m.Blocks = append(m.Blocks, buttons)
	}
	return bot.Reply{Message: m}, nil
}

// riskFacts are what stands about a risk in a row each.
func (a *App) riskFacts(ctx context.Context, lang string, r store.Risk) (facts bot.Facts, err error) {
	t := func(key string) string { return a.Texts.T(lang, key) }
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, bot.Fact{Label: t(key), Value: value})
		}
	}
	add("risk.before", a.estimateText(lang, r.Before))
	if r.After.Made() {
		add("risk.after", a.estimateText(lang, r.After))
	}
	if r.EstimatedAt != nil {
		add("risk.estimated", locale.Time(*r.EstimatedAt, a.Settings.Location)+", "+a.accountName(ctx, r.EstimatedBy))
	}
	add("inventory.owner", r.OwnerName)
	add("risk.unit", r.Unit)
	if r.Category != "" {
		add("card.category", t("category."+string(r.Category)))
	}
	if r.SystemID != nil {
		s, err := a.Store.SystemByID(ctx, *r.SystemID)
		if err != nil {
			return nil, fmt.Errorf("reading the system of a risk: %w", err)
		}
		add("card.system", a.systemText(lang, &s))
	}
	if r.Cause != "" {
		add("close.cause", t("cause."+string(r.Cause)))
	}
	if r.IncidentID != nil {
		c, err := a.Store.IncidentByID(ctx, *r.IncidentID)
		if err != nil {
			return nil, fmt.Errorf("reading the case of a risk: %w", err)
		}
		add("risk.case", c.Number)
	}
	if r.EndedAt != nil {
		add("risk.ended_at", locale.Time(*r.EndedAt, a.Settings.Location)+", "+a.accountName(ctx, r.EndedBy))
	}
	return facts, nil
}

// estimateText is an estimate in words: the figures and how grave it is.
func (a *App) estimateText(lang string, e policy.RiskEstimate) string {
	if !e.Made() {
		return a.Texts.T(lang, "risk.not_estimated")
	}
	return a.Texts.T(lang, "risk.estimate", locale.Data{
		"Likelihood": e.Likelihood, "Consequence": e.Consequence, "Value": e.Value(),
		"Level": a.Texts.T(lang, fmt.Sprintf("risk.level.%d", a.Settings.RiskLimits.Level(e))),
	})
}

// riskLetter tells somebody that a risk is theirs; errPointless when it is not any more.
func (a *App) riskLetter(ctx context.Context, d store.Delivery, lang string) (bot.Message, error) {
	r, err := a.Store.RiskByID(ctx, *d.RiskID)
	if err != nil {
		return bot.Message{}, err
	}
	if r.EndedAt != nil {
		return bot.Message{}, errPointless
	}
	number := locale.Data{"Number": r.Number()}
	return bot.Message{Summary: a.Texts.T(lang, "risk.yours.summary", number), Blocks: []bot.Block{
		bot.Paragraph(a.Texts.T(lang, "risk.yours", number)), bot.Quote(r.Text),
		bot.Buttons{{ID: riskButton, Subject: r.Ref, Text: a.Texts.T(lang, "button.risk"), Style: bot.Primary}},
	}}, nil
}
