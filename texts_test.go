package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// composed are the keys that the code puts together from a prefix and a coded value.
func composed() []string {
	var keys []string
	add := func(pattern string, values ...string) {
		for _, v := range values {
			keys = append(keys, strings.ReplaceAll(pattern, "*", v))
		}
	}
	for _, c := range policy.Categories() {
		add("category.*", string(c), string(c)+".definition", string(c)+".advice")
	}
	for _, c := range policy.Causes() {
		add("cause.*", string(c))
	}
	for _, r := range policy.Regulations() {
		add("regulation.*", string(r))
	}
	for _, aspect := range policy.AllAspects {
		add("aspect.*", aspect.String())
		add("report.effects.*", aspect.String())
	}
	for s := policy.Low; s <= policy.Serious; s++ {
		add("severity.*", strconv.Itoa(int(s)))
	}
	for _, status := range []store.Status{store.New, store.Acknowledged, store.InProgress, store.Resolved, store.Closed} {
		add("status.*", string(status))
		add("mine.line.*", string(status))
	}
	add("training.state.*", "away", "trained", "due_soon", "overdue")
	add("training.reminder.*", "due_soon", "overdue")
	add("training.waiting.*", "due_soon", "overdue")
	add("training.mark.*", "remind", "absent", "left", "done")
	add("training.marked.*", "remind", "absent", "left", "done")
	add("training.kind.*", config.Audiences()...)
	add("training.column.*", "unit", "kind", "course", "asked", "done", "in_time", "overdue", "away", "share")
	add("severity_reason.*", policy.SeverityReasonCodes()...)
	add("answer.*", string(policy.Yes), string(policy.No), string(policy.Unknown))
	add("problem.*", "required", "too_short", "too_long", "in_future", "not_an_option", "not_a_time", "too_many") // bot.Problem
	add("button.*", "acknowledge", "show", "category", "severity", "message", "close")                            // the card's
	for _, d := range []policy.Decision{policy.BreachDecision, policy.SignificantDecision} {
		add("card.decision.*", string(d))
		add("decide.*", string(d))
		add("button.*", string(d))
		for _, v := range policy.Verdicts(d) {
			add("verdict.*", string(v), string(v)+".help")
		}
	}
	for _, reason := range policy.SignificanceReasons() {
		add("significant_reason.*", string(reason))
	}
	for _, step := range policy.DefaultSteps() {
		add("step.*", step.Key)
	}
	add("button.*", "revise_start", "revise_revised", "revise_unchanged", "revise_postpone", "revise_basis")
	add("revision.state.*", string(store.RevisionOpen), string(store.RevisionStarted), string(store.RevisionPostponed))
	for _, state := range []store.RevisionState{store.RevisionUnchanged, store.RevisionRevised, store.RevisionMissed} {
		add("revision.*."+string(state), "state", "done")
	}
	add("button.*", "followup_write", "followup_make", "inventory", "classify")
	for _, aspect := range policy.AllAspects {
		add("classify.*", aspect.String(), aspect.String()+".help")
	}
	for level := range policy.HighestLevel + 1 {
		add("classify.level.*", strconv.Itoa(level))
	}
	for _, field := range []string{"changes", "goals", "recommendations"} {
		add("followup.write.*", field, field+".help")
	}
	for month := range 12 {
		add("month.*", strconv.Itoa(month+1))
	}
	add("followup.proposal.*", policy.ProposalCodes()...)
	for _, clause := range policy.Clauses() {
		add("clause.*", strings.ReplaceAll(clause.Number, ".", "_"))
	}
	add("evidence.*", "improvements", "cases", "year", "duties", "forms", "breaches", "roles", "measures", "risks", "categories", "systems", "people", "trained",
		"followup", "followup.none", "revision", "revision.none", "documents.none")
	add("revision.checklist.*", "around", "compliance", "goals", "improvements")
	add("button.*", "obligation", "drafts", "note", "reopen", "hold", "lift_hold")
	add("hold.*", "reason", "reason.help")
	add("lift_hold.*", "reason", "reason.help")
	add("button.*", "start", "resolve", "more", "assign", "system", "facts", "affected", "measures", "attach", "involve", "group", "secrecy")
	for _, role := range append(policy.Roles(), policy.SystemOwner, policy.UnitManager) {
		add("role.*", string(role))
		if role != policy.CISO && role != policy.DeputyCISO { // who are not drawn in: they work every case
			add("role.*.gets", string(role))
		}
	}
	add("people.*", policy.PeopleGroups()...)
	add("data.*", policy.DataKinds()...)
	add("seriousness.*", policy.ConsequenceLevels()...)
	add("informed.*", "yes", "will", "no", "undecided")
	for _, state := range []store.MeasureState{store.MeasureOpen, store.MeasureDone, store.MeasureDropped} {
		add("measure.state.*", string(state))
		add("draft.measure.*", string(state))
	}
	add("obligation.outcome.*", "done", "done_more", "not_needed", "moved")
	add("duration.*", "minutes", "hours", "days")
	for _, kind := range []string{"unacknowledged", "decide", "obligation"} {
		add("reminder.*."+kind, "summary", "heading")
	}
	add("form.*", policy.FormDigital, policy.FormPaper, policy.FormSpeech)
	add("report.stop.*", "no", "yes")
	add("report.effects.*", "unknown")
	add("report.persons.*", "1", "2", "10", "100", strconv.Itoa(policy.ManyPersons), "unknown")
	add("sensitive.*", "health", "social", "protected", "children", "other_sensitive")
	add("report.near_miss.*", "yes")
	add("report.anonymous.*", "yes")
	add("note.*", "to_reporter", "supplement", "from_reporter", "internal", "reopened", "request", "secrecy")
	add("timeline.*", "reported", "acknowledged", "categorised", "severity_changed", "decided", "supplemented", "noted", "closed", "reopened",
		"text_shown", "drafts_sent", "messaged", "answered", "obligation_done", "obligation_not_needed", "obligation_moved", "reminded", "assigned",
		"started", "resolved", "system_set", "facts_changed", "affected_described", "involved", "grouped", "secrecy_set", "attached",
		"measure_added", "measure_done", "measure_dropped", "held", "hold_lifted", "anonymised", "category_confirmed", "clarified",
		"room_opened", "captured", "risk_raised")
	add("button.*", "room")
	add("button.*", "risk_raise", "risk_change", "risk_estimate", "risk_estimate_after", "risk_measure", "risk_end")
	for n := range policy.HighestRisk {
		add("risk.*."+strconv.Itoa(n+1), "likelihood", "consequence")
	}
	for level := policy.RiskLow; level <= policy.RiskGrave; level++ {
		add("risk.level.*", strconv.Itoa(int(level)))
	}
	add("card.room.*", "opening", "open", "failed")
	add("note.*", "captured")
	for _, pair := range policy.ConfusablePairs() {
		key := string(pair[0]) + "." + string(pair[1])
		add("clarify.*", key, key+"."+string(pair[0]), key+"."+string(pair[1]))
	}
	for _, c := range policy.Categories() {
		add("clarify.general.*", string(c))
	}
	add("timeline.actor.*", "anonymous", "system", "reporter", "somebody")
	for _, kind := range []string{"acknowledged", "closed", "reopened"} {
		add("news."+kind+".*", "summary", "heading", "text")
	}
	add("news.note.*", "summary", "heading")
	for service, codes := range advised() {
		add("doctor."+service+".do.*", codes...)
	}
	for service, checks := range map[string][]string{ // surface.Finding
		"slack":   {"token", "socket", "scope", "channel", "email"},
		"discord": {"token", "application", "public_key", "endpoint", "guild", "commands", "channel", "member"},
		"mail":    {"server"},
	} {
		for _, check := range checks {
			add("doctor."+service+".*", check, check+".ok")
		}
	}
	add("doctor.discord.*", "role.ok") // what is no role is looked for among the members
	return keys
}

// keyLike tells a text's key from other strings in the sources.
var keyLike = regexp.MustCompile(`^[a-z_]+(\.[A-Za-z0-9_]+)*$`)

// literals are the strings in the program's own sources, tests and stand-ins aside.
func literals(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"workspace", "tools", ".git", "storetest"}, entry.Name()):
			return filepath.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil && keyLike.MatchString(text) {
					found[text] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// asked are the keys that stand as a literal in a call of a function that gives texts.
func asked(t *testing.T) []string {
	t.Helper()
	var keys []string
	givesTexts := []string{
		"T", "t", "text", "say", "private", "right", "wrong", "note", "told", "gap", "gapIf", "quoted", "row", "section", "begin",
	}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []string{"handlers", "bot/slack", "bot/discord", "report"} {
		more, err := filepath.Glob(room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, more...)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			if !slices.Contains(givesTexts, name) {
				return true
			}
			for _, arg := range call.Args {
				if literal, ok := arg.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					if text, err := strconv.Unquote(literal.Value); err == nil && keyLike.MatchString(text) {
						keys = append(keys, text)
					}
				}
			}
			return true
		})
	}
	return keys
}

func TestTextsAreThoseThatAreAskedFor(t *testing.T) {
	texts, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, key := range texts.Keys(locale.Swedish) {
		has[key] = true
	}
	direct := asked(t)
	if len(direct) < 100 {
		t.Fatalf("only %d calls for texts were found: the search is broken", len(direct))
	}
	for _, key := range append(direct, composed()...) {
		if !has[key] {
			t.Errorf("the code asks for %q, which is in no language's file", key)
		}
	}
	used := literals(t)
	for _, key := range composed() {
		used[key] = true
	}
	for key := range has {
		if !used[key] {
			t.Errorf("nothing uses the text %q", key)
		}
	}
}

func TestManifestTextsFitSlack(t *testing.T) {
	for _, lang := range []string{locale.Swedish, locale.English} {
		for _, base := range []string{"", "https://incident.example.org"} {
			if _, err := slackManifest(lang, base); err != nil {
				t.Errorf("%s: %v", lang, err)
			}
		}
	}
}
