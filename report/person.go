package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"tyreso.se/incidentbot/store"
)

// PersonalData is all that the register holds about one person and nothing about anybody else, for the person (GDPR article 15). Names
// are stable. Times are RFC 3339 in UTC, empty when not known.
type PersonalData struct {
	Email    string       `json:"email"`
	Staff    *StaffRow    `json:"staff_list"` // null: not in the staff list
	Systems  []string     `json:"systems_owned"`
	Risks    []string     `json:"risks_owned"`    // their numbers
	Measures []string     `json:"measures_given"` // the numbers of the cases and risks that they are of
	Accounts []OwnAccount `json:"accounts"`
	Reports  []OwnReport  `json:"reports"`
	Notes    []OwnText    `json:"notes"` // what they wrote in cases, their own answers included
	Drafts   []OwnDraft   `json:"drafts"`
	Messages []OwnMessage `json:"messages"` // what was sent to them, without what it said
	Absences []OwnAbsence `json:"absences"`
	Training OwnTraining  `json:"training"`
	Events   []OwnEvent   `json:"audit_events"`
}

// StaffRow is a person's row in the staff list.
type StaffRow struct {
	Name         string `json:"name"`
	Unit         string `json:"unit"`
	Kind         string `json:"kind"`
	ManagerEmail string `json:"manager_email"`
	StartDate    string `json:"start_date"`
	Language     string `json:"language"`
	Active       bool   `json:"active"`
}

// OwnTraining is what is kept of a person's training (policy clause 2.8): what they completed, of what they were reminded, and what they
// were on the staff list from which day on, by which it is decided what they must take.
type OwnTraining struct {
	Completions []OwnCompletion `json:"completions"`
	Reminders   []OwnReminders  `json:"reminders"`
	History     []OwnStanding   `json:"history"`
}

// OwnCompletion is a course that was completed. Days are like 2026-11-23.
type OwnCompletion struct {
	Course  string `json:"course"`
	Version string `json:"version"`
	Day     string `json:"day"`
	Source  string `json:"source"`
}

// OwnReminders is how often the person was reminded of a course before a deadline.
type OwnReminders struct {
	Course   string `json:"course"`
	Deadline string `json:"deadline"`
	Count    int    `json:"count"`
	Latest   string `json:"latest"`
	Later    string `json:"put_off_until"`
}

// OwnStanding is what the person was from a day on.
type OwnStanding struct {
	Since       string `json:"since"`
	Unit        string `json:"unit"`
	Kind        string `json:"kind"`
	AbsentUntil string `json:"absent_until"`
	Active      bool   `json:"active"`
}

// OwnAccount is an account on a chat service.
type OwnAccount struct {
	Surface   string `json:"surface"`
	UserID    string `json:"user_id"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Language  string `json:"language"`
	CheckedAt string `json:"checked_at"`
	LinkedAt  string `json:"linked_at"` // when it was linked to the staff list beside by its address
	Listed    bool   `json:"linked_by_staff_list"`
}

// OwnReport is a case that the person has reported, with what became of it.
type OwnReport struct {
	Number         string          `json:"number"`
	Status         string          `json:"status"`
	RegisteredAt   string          `json:"registered_at"`
	DiscoveredAt   string          `json:"discovered_at"`
	OccurredAt     string          `json:"occurred_at"`
	AcknowledgedAt string          `json:"acknowledged_at"`
	ClosedAt       string          `json:"closed_at"`
	Category       string          `json:"category"`
	Severity       int             `json:"severity"`
	Cause          string          `json:"cause"`
	Text           string          `json:"text"`
	Done           string          `json:"done"`
	Messages       []OwnText       `json:"messages"` // to them, from those who work the case
	Attachments    []OwnAttachment `json:"attachments"`
}

// OwnText is something that was written in a case.
type OwnText struct {
	Number string `json:"number"`
	At     string `json:"at"`
	Kind   string `json:"kind"`
	Text   string `json:"text"`
}

// OwnAttachment is a file that came with a report, without its content.
type OwnAttachment struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Size      int64  `json:"size"`
	FetchedAt string `json:"fetched_at"`
}

// OwnDraft is a dialog that was begun and not sent.
type OwnDraft struct {
	Dialog  string              `json:"dialog"`
	SavedAt string              `json:"saved_at"`
	Answers map[string][]string `json:"answers"`
}

// OwnMessage is a message that was sent to the person.
type OwnMessage struct {
	Surface   string `json:"surface"`
	Kind      string `json:"kind"`
	Number    string `json:"number"` // of the case that it was about, "" for none
	CreatedAt string `json:"created_at"`
	SentAt    string `json:"sent_at"`
}

// OwnAbsence is when the person was away from a role.
type OwnAbsence struct {
	BeganAt string `json:"began_at"`
	EndsAt  string `json:"ends_at"`
}

// OwnEvent is something that the person has done, by the audit chain.
type OwnEvent struct {
	At      string `json:"at"`
	Action  string `json:"action"`
	Subject string `json:"subject"`
}

// ErrNobody says that the register holds nothing under an address.
var ErrNobody = errors.New("the register holds nobody with that address")

// Person collects what the register holds about the person with an e-mail address; ErrNobody when that is nothing.
func Person(ctx context.Context, s *store.Store, email string) (PersonalData, error) {
	if email = strings.ToLower(strings.TrimSpace(email)); email == "" {
		return PersonalData{}, ErrNobody
	}
	p := personal{store: s, numbers: map[int64]string{}, data: PersonalData{Email: email}}
	for _, collect := range []func(context.Context) error{p.staff, p.accounts, p.messages, p.absences, p.events} {
		if err := collect(ctx); err != nil {
			return PersonalData{}, fmt.Errorf("collecting what is held about a person: %w", err)
		}
	}
	if p.data.Staff == nil && len(p.own) == 0 && len(p.data.Absences)+len(p.data.Systems)+len(p.data.Risks)+len(p.data.Measures) == 0 {
		return PersonalData{}, ErrNobody
	}
	return p.data, nil
}

// Write writes it as indented JSON.
func (p PersonalData) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(p)
}

// personal is a person's data while it is collected.
type personal struct {
	store   *store.Store
	data    PersonalData
	own     []store.Account
	reports []string         // numbers of their own
	numbers map[int64]string // of incidents, by id
}

func (p *personal) staff(ctx context.Context) error {
	person, err := p.store.PersonByEmail(ctx, p.data.Email)
	if err == nil {
		p.data.Staff = &StaffRow{
			Name: person.Name, Unit: person.Unit, Kind: person.Kind, ManagerEmail: person.ManagerEmail, StartDate: person.StartDate,
			Language: person.Locale, Active: person.Active,
		}
		if err := p.training(ctx, person.ID); err != nil {
			return err
		}
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return p.owned(ctx)
}

// owned is what the person is answerable for.
func (p *personal) owned(ctx context.Context) error {
	systems, err := p.store.Systems(ctx)
	if err != nil {
		return err
	}
	for _, system := range systems {
		if strings.EqualFold(system.OwnerEmail, p.data.Email) {
			p.data.Systems = append(p.data.Systems, system.Key)
		}
	}
	risks, err := p.store.Risks(ctx)
	if err != nil {
		return err
	}
	for _, r := range risks {
		if r.OwnerEmail == p.data.Email {
			p.data.Risks = append(p.data.Risks, r.Number())
		}
	}
	return p.store.AllMeasures(ctx, func(m store.Measure, number string) error {
		if m.OwnerEmail == p.data.Email {
			if m.RiskID != nil {
				number = store.RiskNumber(*m.RiskID)
			}
			p.data.Measures = append(p.data.Measures, number)
		}
		return nil
	})
}

func (p *personal) training(ctx context.Context, id int64) error {
	completions, err := p.store.Completions(ctx, id)
	if err != nil {
		return err
	}
	for _, c := range completions {
		p.data.Training.Completions = append(p.data.Training.Completions,
			OwnCompletion{Course: c.Course, Version: c.Version, Day: c.CompletedOn, Source: c.Source})
	}
	trainee, err := p.store.Trainee(ctx, id)
	if err != nil {
		return err
	}
	for _, g := range trainee.Progress {
		p.data.Training.Reminders = append(p.data.Training.Reminders,
			OwnReminders{Course: g.Course, Deadline: g.Deadline, Count: g.Reminders, Latest: g.RemindedOn, Later: g.LaterOn})
	}
	history, err := p.store.HistoryOf(ctx, id)
	for _, h := range history {
		p.data.Training.History = append(p.data.Training.History,
			OwnStanding{Since: h.Since, Unit: h.Unit, Kind: h.Kind, AbsentUntil: h.AbsentUntil, Active: h.Active})
	}
	return err
}

func (p *personal) accounts(ctx context.Context) (err error) {
	if p.own, err = p.store.AccountsOf(ctx, p.data.Email); err != nil {
		return err
	}
	for _, a := range p.own {
		row := OwnAccount{
			Surface: a.Surface, UserID: a.UserID, Name: a.Name, Email: a.Email, Language: a.Language, CheckedAt: stamp(a.CheckedAt),
		}
		link, err := p.store.LinkOf(ctx, a.ID)
		if err == nil {
			row.LinkedAt, row.Listed = stamp(&link.LinkedAt), link.Listed
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		p.data.Accounts = append(p.data.Accounts, row)
		for _, collect := range []func(context.Context, store.Account) error{p.reported, p.wrote, p.drafts} {
			if err := collect(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *personal) reported(ctx context.Context, a store.Account) error {
	incidents, err := p.store.IncidentsByReporter(ctx, a.ID, math.MaxInt32)
	if err != nil {
		return err
	}
	for _, c := range slices.Backward(incidents) {
		r := OwnReport{
			Number: c.Number, Status: string(c.Status), RegisteredAt: stamp(&c.RegisteredAt), DiscoveredAt: stamp(&c.DiscoveredAt),
			OccurredAt: stamp(c.OccurredAt), AcknowledgedAt: stamp(c.AcknowledgedAt), ClosedAt: stamp(c.ClosedAt),
			Category: string(c.Category), Severity: int(c.Severity), Cause: string(c.Cause), Text: c.Text, Done: c.Done,
		}
		notes, err := p.store.Notes(ctx, c.ID)
		if err != nil {
			return err
		}
		for _, n := range notes {
			if n.Kind == "to_reporter" {
				r.Messages = append(r.Messages, OwnText{Number: c.Number, At: stamp(&n.At), Kind: n.Kind, Text: n.Text})
			}
		}
		attachments, err := p.store.Attachments(ctx, c.ID)
		if err != nil {
			return err
		}
		for _, at := range attachments {
			r.Attachments = append(r.Attachments, OwnAttachment{Name: at.Name, Type: at.Type, Size: at.Size, FetchedAt: stamp(at.FetchedAt)})
		}
		p.data.Reports = append(p.data.Reports, r)
		p.reports = append(p.reports, c.Number)
	}
	return nil
}

func (p *personal) wrote(ctx context.Context, a store.Account) error {
	notes, err := p.store.NotesBy(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, n := range notes {
		number, err := p.number(ctx, &n.IncidentID)
		if err != nil {
			return err
		}
		p.data.Notes = append(p.data.Notes, OwnText{Number: number, At: stamp(&n.At), Kind: n.Kind, Text: n.Text})
	}
	return nil
}

func (p *personal) drafts(ctx context.Context, a store.Account) error {
	drafts, err := p.store.DraftsOf(ctx, a.ID)
	for _, d := range drafts {
		p.data.Drafts = append(p.data.Drafts, OwnDraft{Dialog: d.Dialog, SavedAt: stamp(&d.SavedAt), Answers: d.Values})
	}
	return err
}

func (p *personal) messages(ctx context.Context) error {
	deliveries, err := p.store.DeliveriesTo(ctx, p.data.Email)
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		number, err := p.number(ctx, d.IncidentID)
		if err != nil {
			return err
		}
		p.data.Messages = append(p.data.Messages, OwnMessage{
			Surface: d.Surface, Kind: d.Kind, Number: number, CreatedAt: stamp(&d.CreatedAt), SentAt: stamp(d.SentAt),
		})
	}
	return nil
}

// number is the number of an incident, "" of none.
func (p *personal) number(ctx context.Context, incidentID *int64) (string, error) {
	if incidentID == nil {
		return "", nil
	}
	if number, known := p.numbers[*incidentID]; known {
		return number, nil
	}
	c, err := p.store.IncidentByID(ctx, *incidentID)
	p.numbers[*incidentID] = c.Number
	return c.Number, err
}

func (p *personal) absences(ctx context.Context) error {
	names := []string{"email:" + p.data.Email}
	for _, a := range p.own {
		names = append(names, a.Surface+":"+a.UserID)
	}
	all, err := p.store.AllAbsences(ctx)
	for _, absence := range all {
		if absence.Of(names) {
			p.data.Absences = append(p.data.Absences, OwnAbsence{BeganAt: stamp(&absence.BeganAt), EndsAt: stamp(&absence.EndsAt)})
		}
	}
	return err
}

// events are those of the person's accounts, and those of who reported in their own cases, whom the chain does not name.
func (p *personal) events(ctx context.Context) error {
	var actors []string
	for _, a := range p.own {
		actors = append(actors, a.Surface+":"+a.UserID)
	}
	return p.store.Events(ctx, func(e store.Event) error {
		if slices.Contains(actors, e.Actor) || e.Actor == "reporter" && slices.Contains(p.reports, e.Subject) {
			p.data.Events = append(p.data.Events, OwnEvent{At: stamp(&e.At), Action: e.Action, Subject: e.Subject})
		}
		return nil
	})
}
