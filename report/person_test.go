package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// populate fills a register with the doings of Maja, who has two accounts, and of Ali, who has one. What is Maja's says so, and what is not
// says "Annans".
func populate(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	err := s.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.ImportPeople(ctx, []store.Person{
			{Email: "maja@example.org", Name: "Maja Berg", Unit: "Majas enhet", Kind: "employee", Active: true, Locale: "sv"},
			{Email: "ali@example.org", Name: "Annans Ali", Unit: "Annans enhet", Kind: "employee", Active: true, Locale: "sv"},
		}); err != nil {
			return err
		}
		if _, err := tx.ImportSystems(ctx, []store.System{
			{Key: "majas-system", Name: "A", OwnerEmail: "maja@example.org", Active: true}, {Key: "annans-system", Name: "B", OwnerEmail: "ali@example.org", Active: true},
		}); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	person, err := s.PersonByEmail(ctx, "maja@example.org")
	if err != nil {
		t.Fatal(err)
	}
	err = s.InTx(ctx, func(tx *store.Tx) error {
		for who, email := range map[string]string{"U0MAJA": "maja@example.org", "U0ALI": "ali@example.org", "D0MAJA": ""} {
			surface := map[bool]string{true: "slack", false: "discord"}[who[0] == 'U']
			a, err := tx.EnsureAccount(ctx, surface, who, "Namn "+who)
			if err != nil {
				return err
			}
			whose := "Annans"
			if email != "" {
				a.Email, a.CheckedAt = email, &tx.Now
				err = tx.UpdateAccount(ctx, a)
			} else {
				err = tx.LinkAccount(ctx, a.ID, person.ID)
			}
			if err != nil {
				return err
			}
			if strings.HasSuffix(who, "MAJA") {
				whose = "Majas"
			}
			c := store.Incident{
				Ref: who, Status: store.New, ReporterID: &a.ID, Text: whose + " ord", Done: whose + " försök", DiscoveredAt: tx.Now,
				Category: policy.Loss, Severity: 2, Lesson: "Annans lärdom",
			}
			if err := tx.CreateIncident(ctx, &c); err != nil {
				return err
			}
			ciso, err := tx.EnsureAccount(ctx, "slack", "U0CISO", "Annans CISO")
			if err != nil {
				return err
			}
			if email == "" { // once: Maja owns a risk, and is given a measure of another one and of a case of her own
				for _, owner := range []string{"maja@example.org", "ali@example.org"} {
					if err := tx.AddRisk(ctx, &store.Risk{Ref: owner, Text: "Annans risk", OwnerEmail: owner, CreatedBy: ciso.ID}); err != nil {
						return err
					}
				}
			}
			for _, n := range []store.Note{
				{IncidentID: c.ID, AuthorID: &a.ID, Kind: "from_reporter", Text: whose + " svar"},
				{IncidentID: c.ID, AuthorID: &ciso.ID, Kind: "to_reporter", Text: whose + " fråga"},
				{IncidentID: c.ID, AuthorID: &ciso.ID, Kind: "internal", Text: "Annans tanke"},
			} {
				if err := tx.AddNote(ctx, &n); err != nil {
					return err
				}
			}
			if err := tx.AddAttachments(ctx, c.ID, []store.Attachment{{Surface: surface, FileID: "F", Name: whose + ".png", Type: "image/png", Size: 3}}); err != nil {
				return err
			}
			if err := tx.SaveDraft(ctx, store.Draft{AccountID: a.ID, Dialog: "report", Values: map[string][]string{"text": {whose + " utkast"}}, SavedAt: tx.Now}); err != nil {
				return err
			}
			if _, err := tx.AddDeliveries(ctx, []store.Delivery{{Lane: who, Surface: surface, UserID: who, Kind: "receipt", IncidentID: &c.ID}}); err != nil {
				return err
			}
			if err := tx.AddAbsence(ctx, &store.Absence{Holder: []string{surface + ":" + who}, AccountID: a.ID, EndsAt: tx.Now.Add(time.Hour)}); err != nil {
				return err
			}
			for _, e := range []store.Event{
				{Actor: "reporter", Action: "incident.reported", Subject: c.Number, Detail: "{}"},
				{Actor: surface + ":" + who, Action: "access.refused", Subject: whose, Detail: "{}"},
			} {
				if err := tx.Append(ctx, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	reports, err := s.IncidentsByReporter(ctx, accountOf(t, s, "slack", "U0MAJA"), 1)
	if err != nil {
		t.Fatal(err)
	}
	err = s.InTx(ctx, func(tx *store.Tx) error {
		second := int64(2)
		for _, m := range []store.Measure{
			{Ref: "m1", RiskID: &second, Text: "Annans åtgärd", OwnerEmail: "maja@example.org"},
			{Ref: "m2", IncidentID: &reports[0].ID, Text: "Annans åtgärd", OwnerEmail: "maja@example.org"},
			{Ref: "m3", RiskID: &second, Text: "Annans åtgärd", OwnerEmail: "ali@example.org"},
		} {
			m.CreatedBy = 1
			if err := tx.AddMeasure(ctx, &m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func accountOf(t *testing.T, s *store.Store, surface, id string) int64 {
	t.Helper()
	a, err := s.Account(t.Context(), surface, id)
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func TestPerson(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			populate(t, s)
			p, err := report.Person(t.Context(), s, " Maja@Example.org")
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := p.Write(&out); err != nil {
				t.Fatal(err)
			}
			for _, others := range []string{"Annans", "annans", "ALI", "ali@", "CISO"} {
				if strings.Contains(out.String(), others) {
					t.Errorf("somebody else's data are among them (%s):\n%s", others, out.String())
				}
			}
			if p.Staff == nil || p.Staff.Unit != "Majas enhet" || !slices.Equal(p.Systems, []string{"majas-system"}) {
				t.Errorf("staff row %+v, systems %v", p.Staff, p.Systems)
			}
			own := func(number string) bool {
				return slices.ContainsFunc(p.Reports, func(r report.OwnReport) bool { return r.Number == number })
			}
			if !slices.Equal(p.Risks, []string{"R1"}) || len(p.Measures) != 2 || p.Measures[0] != "R2" || !own(p.Measures[1]) {
				t.Errorf("risks %v, measures %v", p.Risks, p.Measures)
			}
			same(t, "how many of each", map[string]int{
				"accounts": len(p.Accounts), "reports": len(p.Reports), "notes": len(p.Notes), "drafts": len(p.Drafts),
				"messages": len(p.Messages), "absences": len(p.Absences), "events": len(p.Events),
			}, map[string]int{"accounts": 2, "reports": 2, "notes": 2, "drafts": 2, "messages": 2, "absences": 2, "events": 4})
			for _, r := range p.Reports {
				if r.Text != "Majas ord" || r.Done != "Majas försök" || r.Messages[0].Text != "Majas fråga" || r.Attachments[0].Name != "Majas.png" {
					t.Errorf("a report is %+v", r)
				}
			}
			same(t, "history of training", p.Training.History, []report.OwnStanding{
				{Since: p.Training.History[0].Since, Unit: "Majas enhet", Kind: p.Staff.Kind, Active: true},
			})
			same(t, "a note", p.Notes[0].Text, "Majas svar")
			same(t, "a draft", p.Drafts[0].Answers["text"], []string{"Majas utkast"})
			if i := slices.IndexFunc(p.Accounts, func(a report.OwnAccount) bool { return a.Surface == "discord" }); p.Accounts[i].LinkedAt == "" {
				t.Errorf("the linked account is %+v", p.Accounts[i])
			}
			var names map[string]any
			if err := json.Unmarshal(out.Bytes(), &names); err != nil || len(names) != 13 {
				t.Errorf("it is no JSON of thirteen parts: %v", err)
			}
		})
	}
}

func TestPersonWhomNobodyKnows(t *testing.T) {
	s := storetest.SQLite(t)
	populate(t, s)
	for _, address := range []string{"nobody@example.org", "", " ", "maja", "%"} {
		if p, err := report.Person(t.Context(), s, address); !errors.Is(err, report.ErrNobody) {
			t.Errorf("%q is answered with %+v (%v)", address, p, err)
		}
	}
}
