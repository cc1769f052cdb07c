// Package handlers holds the use cases, a file each: report an incident, acknowledge it, categorise it, tell the reporter…
// Each takes what a person did as a bot.Request, decides by the rules in policy, keeps what came of it in the store in one
// transaction, and answers in the chat vocabulary. It knows no platform and no job queue: what must happen outside the
// register is a Job, put in the same transaction.
package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Settings are what the municipality has decided, checked when the configuration was read.
type Settings struct {
	Organisation string
	Location     *time.Location
	Language     string                     // of channels, and of people whose language is not known
	Surfaces     []string                   // names of the surfaces in use, first the one preferred
	Roles        map[policy.Role][]Holder   // who holds which role (policy clause 2.4)
	Triage       []TriageChannel            // where cards are posted
	Advice       map[policy.Category]Advice // the municipality's own advice; absent: the texts in locale
	MaxFiles     int                        // attachments a report
	MaxFileBytes int64                      // size of one attachment
	DraftAge     time.Duration              // how long an unsent report is kept for its writer
	Steps        []policy.Step              // the duties that decisions open, with their clocks
	Waits        policy.Waits               // how long a new case may wait for somebody to take it
	Thresholds   policy.Thresholds          // from when an incident is proposed to be significant
	Holidays     policy.Calendar            // days without work beside weekends
	Documents    []policy.Document          // that are revised every year
	Revision     []bot.Address              // channels where revisions are asked for
	Training     Training                   // courses, and when people are told of them
	Inform       []policy.Role              // who of the ordinary line is drawn in when a case is taken
	RiskLimits   policy.RiskLimits          // from which values a risk is medium, high and grave
	// FollowupMonth is when the CISO is asked to compile the follow-up of the year before; 0: never.
	FollowupMonth time.Month
	// RetentionMonths is how long after its closing a case is anonymised; 0: never.
	RetentionMonths int
}

// Holder is a person who holds a role, known by any of an e-mail address and accounts.
type Holder struct {
	Email    string            // lower case
	Accounts map[string]string // user id by surface
}

// TriageChannel is a channel where cards are posted.
type TriageChannel struct {
	Address bot.Address
	// Confidential says that only the triage role reads the channel, so that a card may hold the reporter's words.
	Confidential bool
}

// Advice is what to do right now, by language.
type Advice map[string]string

// JobKind tells what a Job does.
type JobKind string

// The kinds of job.
const (
	DeliverJob  JobKind = "deliver"  // App.Deliver; ID is of a store.Delivery
	IdentifyJob JobKind = "identify" // App.Identify; ID is of a store.Account
	FetchJob    JobKind = "fetch"    // App.FetchAttachment; ID is of a store.Attachment
)

// Job is something to be done after the transaction has committed, until it succeeds or is visibly dead.
type Job struct {
	Kind   JobKind
	ID     int64
	Urgent bool // false: bulk, which never delays what is urgent
}

// File is a file that is handed on in a direct message.
type File struct {
	Name    string
	Alt     string // what a picture shows, for who cannot see it; "" of others
	Content []byte
}

// App is the use cases with what they work on. Its fields are set once, before the first request.
type App struct {
	Store      *store.Store
	Texts      *locale.Texts
	Classifier *policy.Classifier // the program's own; see classifier
	Settings   Settings
	// Enqueue puts jobs in the transaction. It is the job queue's only door into this room.
	Enqueue func(ctx context.Context, tx *store.Tx, jobs ...Job) error
	// Draft makes the draft of a notification to an authority.
	Draft func(Notification) ([]byte, error)
	// Followup makes the follow-up of a year in a format, "pdf" or "docx", and Proposals puts in words what its figures suggest.
	Followup  func(ctx context.Context, year int, format, language string) ([]byte, error)
	Proposals func(ctx context.Context, year int, language string) ([]string, error)
	// TrainingFile makes a file of the overview of training: the picture or one of the tables, by its number.
	TrainingFile func(lang string, o TrainingOverview, n int) (File, error)
	// RiskMatrix draws the risks as a picture, before and after measures.
	RiskMatrix func(lang string, risks []store.Risk) (File, error)
	// Surfaces carry messages, by name.
	Surfaces map[string]bot.Surface
	// NewRef makes an opaque id that cannot be guessed.
	NewRef  func() string
	Log     *slog.Logger
	Metrics *Metrics

	dialogs      sync.Map // *bot.Dialog by language: the report form as it was drawn up
	fingerprints fingerprints
	units        atomic.Pointer[tree]
	model        atomic.Pointer[modelInUse]
}

var _ bot.Handler = (*App)(nil)

// Handle answers what a person did. An error means that nothing was saved.
func (a *App) Handle(ctx context.Context, req bot.Request) (bot.Reply, error) {
	if req.InParts {
		return a.inParts(ctx, req)
	}
	return a.handle(ctx, req)
}

func (a *App) handle(ctx context.Context, req bot.Request) (bot.Reply, error) {
	switch req.Kind {
	case bot.Command:
		return a.command(ctx, req)
	case bot.Shortcut:
		if req.Name == bot.CaptureShortcut {
			return a.capture(ctx, req)
		}
		return a.openReport(ctx, req, req.Text)
	case bot.Home:
		return a.home(ctx, req)
	case bot.Search:
		return a.searchSystems(ctx, req)
	case bot.Change, bot.Cancel:
		if req.Name != ReportDialog {
			return a.redrawDialog(ctx, req)
		}
		return a.keepDraft(ctx, req)
	case bot.Press:
		return a.press(ctx, req)
	case bot.Submit:
		return a.submit(ctx, req)
	}
	return bot.Reply{}, fmt.Errorf("handling a request: unknown kind %d", req.Kind)
}

// The ids of buttons and dialogs. They stand in messages that people may press months later: once released they keep
// their meaning. A test holds them against what is handled.
const (
	ReportDialog = "report"

	reportButton      = "report"
	acknowledgeButton = "acknowledge"
	categoryButton    = "category"
	severityButton    = "severity"
	messageButton     = "message"
	closeButton       = "close"
	breachButton      = "breach"
	significantButton = "significant"
	obligationButton  = "obligation"
	draftsButton      = "drafts"
	noteButton        = "note"
	answerButton      = "answer"
	reopenButton      = "reopen"
	holdButton        = "hold"
	liftHoldButton    = "lift_hold"
	showButton        = "show"
	mineButton        = "mine"
	attachmentsButton = "attachments"
	moreButton        = "more"
	assignButton      = "assign"
	startButton       = "start"
	resolveButton     = "resolve"
	systemButton      = "system"
	factsButton       = "facts"
	affectedButton    = "affected"
	measuresButton    = "measures"
	measureButton     = "measure"
	endMeasureButton  = "measure_end"
	involveButton     = "involve"
	groupButton       = "group"
	secrecyButton     = "secrecy"
	attachButton      = "attach"
	linkCodeButton    = "link_code"
	roomButton        = "room"

	clarifyFirstButton   = "clarify_a" // the category suggested
	clarifySecondButton  = "clarify_b" // the one next to it
	clarifyUnknownButton = "clarify_unknown"
)

// ButtonIDs are all buttons that may stand in a message.
func ButtonIDs() []string {
	return []string{
		reportButton, mineButton, acknowledgeButton, categoryButton, severityButton, messageButton, closeButton, showButton, attachmentsButton,
		linkCodeButton, breachButton, significantButton, obligationButton, draftsButton,
		noteButton, answerButton, reopenButton, holdButton, liftHoldButton,
		clarifyFirstButton, clarifySecondButton, clarifyUnknownButton,
		reviseStartButton, reviseRevisedButton, reviseUnchangedButton, revisePostponeButton, reviseBasisButton, improveButton,
		followupWriteButton, followupMakeButton, inventoryButton, classifyButton,
		moreButton, assignButton, startButton, resolveButton, systemButton, factsButton, affectedButton, measuresButton, measureButton,
		endMeasureButton, involveButton, groupButton, secrecyButton, attachButton,
		roomButton,
		raiseRiskButton, newRiskButton, risksButton, riskButton, changeRiskButton, estimateRiskButton, estimateRiskAfterButton, riskMeasureButton,
		endRiskButton, riskMatrixButton, allMeasuresButton,
	}
}

// DialogIDs are all dialogs that may be sent in. A dialog that a button opens has the button's id.
func DialogIDs() []string {
	return []string{
		ReportDialog, categoryButton, severityButton, messageButton, closeButton, linkCodeButton, breachButton, significantButton,
		obligationButton, noteButton, answerButton, reopenButton, holdButton, liftHoldButton,
		reviseRevisedButton, reviseUnchangedButton, revisePostponeButton, improveButton, followupWriteButton,
		classifyButton,
		assignButton, systemButton, factsButton, affectedButton, measureButton, endMeasureButton, involveButton, groupButton, secrecyButton,
		attachButton,
		raiseRiskButton, newRiskButton, changeRiskButton, estimateRiskButton, estimateRiskAfterButton, riskMeasureButton, endRiskButton,
	}
}

func (a *App) press(ctx context.Context, req bot.Request) (bot.Reply, error) {
	switch req.Name {
	case reportButton:
		return a.openReport(ctx, req, "")
	case mineButton:
		return a.mine(ctx, req)
	case acknowledgeButton:
		return a.acknowledge(ctx, req)
	case showButton:
		return a.show(ctx, req)
	case attachmentsButton:
		return a.sendAttachments(ctx, req)
	case categoryButton:
		return a.openCategory(ctx, req)
	case severityButton:
		return a.openSeverity(ctx, req)
	case messageButton:
		return a.openMessage(ctx, req)
	case closeButton:
		return a.openClose(ctx, req)
	case breachButton, significantButton:
		return a.openDecision(ctx, req)
	case obligationButton:
		return a.openObligations(ctx, req)
	case draftsButton:
		return a.sendDrafts(ctx, req)
	case noteButton:
		return a.openNote(ctx, req)
	case answerButton:
		return a.openAnswer(ctx, req)
	case reopenButton:
		return a.openReopen(ctx, req)
	case holdButton, liftHoldButton:
		return a.openHold(ctx, req)
	case moreButton:
		return a.more(ctx, req)
	case assignButton:
		return a.openAssign(ctx, req)
	case startButton:
		return a.start(ctx, req)
	case resolveButton:
		return a.resolve(ctx, req)
	case systemButton:
		return a.openSystem(ctx, req)
	case factsButton:
		return a.openFacts(ctx, req)
	case affectedButton:
		return a.openAffected(ctx, req)
	case measuresButton:
		return a.listMeasures(ctx, req)
	case measureButton:
		return a.openMeasure(ctx, req)
	case endMeasureButton:
		return a.openEndMeasure(ctx, req)
	case involveButton:
		return a.openInvolve(ctx, req)
	case groupButton:
		return a.openGroup(ctx, req)
	case secrecyButton:
		return a.openSecrecy(ctx, req)
	case attachButton:
		return a.openAttach(ctx, req)
	case linkCodeButton:
		return a.openLinkCode(ctx, req)
	case reviseStartButton:
		return a.startRevision(ctx, req)
	case reviseRevisedButton, reviseUnchangedButton, revisePostponeButton:
		return a.openRevise(ctx, req)
	case reviseBasisButton:
		return a.showBasis(ctx, req)
	case improveButton:
		return a.openImprove(ctx, req)
	case followupWriteButton:
		return a.openFollowup(ctx, req)
	case followupMakeButton:
		return a.makeFollowup(ctx, req)
	case inventoryButton:
		return a.showSystem(ctx, req)
	case classifyButton:
		return a.openClassify(ctx, req)
	case roomButton:
		return a.openRoom(ctx, req)
	case clarifyFirstButton, clarifySecondButton, clarifyUnknownButton:
		return a.clarify(ctx, req)
	}
	for _, others := range []func(context.Context, bot.Request) (bot.Reply, bool, error){a.pressTraining, a.pressRisk} {
		if reply, known, err := others(ctx, req); known {
			return reply, err
		}
	}
	// A button of a version that is no longer installed, or of a later one.
	a.Log.WarnContext(ctx, "unknown button", "button", req.Name)
	return a.private(a.language(ctx, req.Actor), "stale_button"), nil
}

func (a *App) submit(ctx context.Context, req bot.Request) (bot.Reply, error) {
	switch req.Name {
	case ReportDialog:
		return a.report(ctx, req)
	case categoryButton:
		return a.categorise(ctx, req)
	case severityButton:
		return a.reassess(ctx, req)
	case messageButton:
		return a.messageReporter(ctx, req)
	case closeButton:
		return a.close(ctx, req)
	case breachButton, significantButton:
		return a.decide(ctx, req)
	case obligationButton:
		return a.meetObligation(ctx, req)
	case noteButton:
		return a.addNote(ctx, req)
	case answerButton:
		return a.answer(ctx, req)
	case reopenButton:
		return a.reopenCase(ctx, req)
	case holdButton, liftHoldButton:
		return a.hold(ctx, req)
	case assignButton:
		return a.assign(ctx, req)
	case systemButton:
		return a.setSystem(ctx, req)
	case factsButton:
		return a.setFacts(ctx, req)
	case affectedButton:
		return a.setAffected(ctx, req)
	case measureButton:
		return a.addMeasure(ctx, req)
	case endMeasureButton:
		return a.endMeasure(ctx, req)
	case involveButton:
		return a.involve(ctx, req)
	case groupButton:
		return a.group(ctx, req)
	case secrecyButton:
		return a.setSecrecy(ctx, req)
	case attachButton:
		return a.attach(ctx, req)
	case linkCodeButton:
		return a.enterLinkCode(ctx, req)
	case reviseRevisedButton, reviseUnchangedButton, revisePostponeButton:
		return a.revise(ctx, req)
	case improveButton:
		return a.improve(ctx, req)
	case followupWriteButton:
		return a.writeFollowup(ctx, req)
	case classifyButton:
		return a.classify(ctx, req)
	}
	for _, others := range []func(context.Context, bot.Request) (bot.Reply, bool, error){a.submitTraining, a.submitRisk} {
		if reply, known, err := others(ctx, req); known {
			return reply, err
		}
	}
	a.Log.WarnContext(ctx, "unknown dialog", "dialog", req.Name)
	return bot.Reply{}, fmt.Errorf("handling a dialog: no dialog %q", req.Name)
}

// private is a short answer that only the person sees.
func (a *App) private(lang, key string, data ...locale.Data) bot.Reply {
	text := a.Texts.T(lang, key, data...)
	return bot.Reply{Message: &bot.Message{Summary: text, Blocks: []bot.Block{bot.Paragraph(text)}}}
}

// language is the person's language: what came with the request, else as far as it is known, else the organisation's. It never
// fails: a wrong language is better than no answer.
func (a *App) language(ctx context.Context, who bot.Actor) string {
	if who.Language != "" {
		return who.Language
	}
	account, err := a.Store.Account(ctx, who.Surface, who.ID)
	if err != nil {
		return a.Settings.Language
	}
	return a.languageOf(account)
}

// languageWith is language for who has looked up the account already.
func (a *App) languageWith(who bot.Actor, account store.Account) string {
	if who.Language != "" {
		return who.Language
	}
	return a.languageOf(account)
}

func (a *App) languageOf(account store.Account) string {
	if account.Language != "" {
		return account.Language
	}
	return a.Settings.Language
}

// ensureAccount is the account of who made a request, created when it is not known. It learns their language by the way.
func (a *App) ensureAccount(ctx context.Context, tx *store.Tx, who bot.Actor) (store.Account, error) {
	account, err := tx.EnsureAccount(ctx, who.Surface, who.ID, who.Name)
	if err != nil || who.Language == "" || account.Language != "" {
		return account, err
	}
	account.Language = who.Language
	return account, tx.LearnLanguage(ctx, account.ID, who.Language)
}

// actorName is how the audit chain names a person.
func actorName(who bot.Actor) string { return who.Surface + ":" + who.ID }

// The actions of a reporter with their own report.
const (
	reportedAction = "incident.reported"
	answeredAction = "reporter.answered"
)

// actorOf is how the audit chain names who has done something with a case. Who reported stands in the case, where it can be emptied, and
// not in the chain, where it cannot.
func actorOf(who bot.Actor, action string) string {
	if action == reportedAction || action == answeredAction {
		return "reporter"
	}
	return actorName(who)
}

// problems puts what is wrong with the answers in words, by field id.
func (a *App) problems(lang string, found map[string]bot.Problem) map[string]string {
	words := make(map[string]string, len(found))
	for field, p := range found {
		words[field] = a.Texts.T(lang, "problem."+p.Code, locale.Data{"Limit": p.Limit, "Count": p.Limit})
	}
	return words
}
