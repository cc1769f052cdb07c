package report

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/store"
)

// SystemEntry is one row of the exported systems inventory. Names are stable: other programs read them. A level is empty, in JSON null,
// when the system is not classified.
type SystemEntry struct {
	Key             string   `json:"key"`
	Name            string   `json:"name"`
	OwnerEmail      string   `json:"owner_email"`
	Unit            string   `json:"unit"`
	Supplier        string   `json:"supplier"`
	Confidentiality *int     `json:"confidentiality"`
	Integrity       *int     `json:"integrity"`
	Availability    *int     `json:"availability"`
	Traceability    *int     `json:"traceability"`
	PersonalData    string   `json:"personal_data"`
	DataKinds       []string `json:"data_kinds"`    // of personal data
	ClassifiedOn    string   `json:"classified_on"` // 2006-01-02
	Active          bool     `json:"active"`
	Incidents       int      `json:"incidents"` // how many cases are about it
}

// Systems writes the systems inventory in one of Formats, as Register does.
func Systems(ctx context.Context, s *store.Store, format string, w io.Writer, _ func(done int)) error {
	systems, err := s.Systems(ctx)
	if err != nil {
		return fmt.Errorf("reading the systems inventory: %w", err)
	}
	cases := map[int64]int{}
	err = s.Incidents(ctx, func(c store.Incident) error {
		if c.SystemID != nil {
			cases[*c.SystemID]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	out, err := newTable(format, w, "Systems", []string{
		"key", "name", "owner_email", "unit", "supplier", "confidentiality", "integrity", "availability", "traceability", "personal_data",
		"data_kinds", "classified_on", "active", "incidents",
	})
	if err != nil {
		return err
	}
	for _, system := range systems {
		e := SystemEntry{
			Key: system.Key, Name: system.Name, OwnerEmail: system.OwnerEmail, Unit: system.Unit, Supplier: system.Supplier,
			PersonalData: string(system.PersonalData), DataKinds: append([]string{}, system.DataKinds...),
			ClassifiedOn: system.ClassifiedOn, Active: system.Active, Incidents: cases[system.ID],
		}
		if l := system.Levels; l != nil {
			e.Confidentiality, e.Integrity, e.Availability, e.Traceability = &l.Confidentiality, &l.Integrity, &l.Availability, &l.Traceability
		}
		cells := []string{
			e.Key, e.Name, e.OwnerEmail, e.Unit, e.Supplier, level(e.Confidentiality), level(e.Integrity), level(e.Availability),
			level(e.Traceability), e.PersonalData, strings.Join(e.DataKinds, ", "), e.ClassifiedOn,
			strconv.FormatBool(e.Active), strconv.Itoa(e.Incidents),
		}
		if err := out.write(cells, e); err != nil {
			return fmt.Errorf("writing %s: %w", e.Key, err)
		}
	}
	return out.close()
}

func level(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// EventEntry is one event of the exported audit chain.
type EventEntry struct {
	Seq      int64  `json:"seq"`
	At       string `json:"at"` // RFC 3339 in UTC, with milliseconds: the hash goes by it
	Actor    string `json:"actor"`
	Action   string `json:"action"`
	Subject  string `json:"subject"`
	Detail   string `json:"detail"` // JSON as it was hashed
	PrevHash string `json:"prev_hash"`
	Hash     string `json:"hash"`
}

// Audit writes the audit chain in one of Formats, as Register does.
func Audit(ctx context.Context, s *store.Store, format string, w io.Writer, progress func(done int)) error {
	out, err := newTable(format, w, "Audit", []string{"seq", "at", "actor", "action", "subject", "detail", "prev_hash", "hash"})
	if err != nil {
		return err
	}
	done := 0
	err = s.Events(ctx, func(event store.Event) error {
		e := EventEntry{
			Seq: event.Seq, At: event.At.UTC().Format("2006-01-02T15:04:05.000Z07:00"), Actor: event.Actor, Action: event.Action,
			Subject: event.Subject, Detail: event.Detail, PrevHash: event.PrevHash, Hash: event.Hash,
		}
		if done++; progress != nil {
			progress(done)
		}
		return out.write([]string{strconv.FormatInt(e.Seq, 10), e.At, e.Actor, e.Action, e.Subject, e.Detail, e.PrevHash, e.Hash}, e)
	})
	if err != nil {
		return fmt.Errorf("writing the audit chain: %w", err)
	}
	return out.close()
}

// RiskEntry is one row of the exported risks. Times are RFC 3339 in UTC. A figure is empty, in JSON null, when it is not estimated.
type RiskEntry struct {
	Number           string `json:"number"` // as R12
	Text             string `json:"text"`
	Category         string `json:"category"` // "": of any
	Cause            string `json:"cause"`    // "": of any
	System           string `json:"system"`   // its key
	Incident         string `json:"incident"` // the number of the case that it was seen in
	Unit             string `json:"unit"`
	Owner            string `json:"owner"`
	Email            string `json:"owner_email"`
	Likelihood       *int   `json:"likelihood"` // 1–5
	Consequence      *int   `json:"consequence"`
	Reason           string `json:"reason"`
	LikelihoodAfter  *int   `json:"likelihood_after"` // when its measures are done
	ConsequenceAfter *int   `json:"consequence_after"`
	ReasonAfter      string `json:"reason_after"`
	EstimatedAt      string `json:"estimated_at"`
	CreatedAt        string `json:"created_at"`
	EndedAt          string `json:"ended_at"`
	EndedWhy         string `json:"ended_why"`
}

// Risks writes the risks, also those that have ended, in one of Formats, as Register does.
func Risks(ctx context.Context, s *store.Store, format string, w io.Writer, _ func(done int)) error {
	risks, err := s.Risks(ctx)
	if err != nil {
		return err
	}
	systems, err := systemKeys(ctx, s)
	if err != nil {
		return err
	}
	out, err := newTable(format, w, "Risks", []string{
		"number", "text", "category", "cause", "system", "incident", "unit", "owner", "owner_email", "likelihood", "consequence", "reason",
		"likelihood_after", "consequence_after", "reason_after", "estimated_at", "created_at", "ended_at", "ended_why",
	})
	if err != nil {
		return err
	}
	for _, r := range risks {
		e := RiskEntry{
			Number: r.Number(), Text: r.Text, Category: string(r.Category), Cause: string(r.Cause), Unit: r.Unit, Owner: r.OwnerName,
			Email: r.OwnerEmail, Reason: r.Reason, ReasonAfter: r.ReasonAfter, EstimatedAt: stamp(r.EstimatedAt),
			CreatedAt: stamp(&r.CreatedAt), EndedAt: stamp(r.EndedAt), EndedWhy: r.EndedWhy,
		}
		if r.SystemID != nil {
			e.System = systems[*r.SystemID]
		}
		if r.IncidentID != nil {
			c, err := s.IncidentByID(ctx, *r.IncidentID)
			if err != nil {
				return fmt.Errorf("reading the case of %s: %w", e.Number, err)
			}
			e.Incident = c.Number
		}
		if r.Before.Made() {
			e.Likelihood, e.Consequence = &r.Before.Likelihood, &r.Before.Consequence
		}
		if r.After.Made() {
			e.LikelihoodAfter, e.ConsequenceAfter = &r.After.Likelihood, &r.After.Consequence
		}
		cells := []string{
			e.Number, e.Text, e.Category, e.Cause, e.System, e.Incident, e.Unit, e.Owner, e.Email, level(e.Likelihood), level(e.Consequence),
			e.Reason, level(e.LikelihoodAfter), level(e.ConsequenceAfter), e.ReasonAfter, e.EstimatedAt, e.CreatedAt, e.EndedAt, e.EndedWhy,
		}
		if err := out.write(cells, e); err != nil {
			return fmt.Errorf("writing %s: %w", e.Number, err)
		}
	}
	return out.close()
}

// MeasureEntry is one row of the exported measures, of a case or of a risk. Times are RFC 3339 in UTC.
type MeasureEntry struct {
	Incident  string `json:"incident"` // its number, "" of a risk's
	Risk      string `json:"risk"`     // its number, "" of a case's
	Text      string `json:"text"`
	Owner     string `json:"owner"`
	Email     string `json:"owner_email"`
	DueOn     string `json:"due_on"` // 2006-01-02
	State     string `json:"state"`
	CreatedAt string `json:"created_at"`
	EndedAt   string `json:"ended_at"`
	Reason    string `json:"reason"` // why it will not be done
}

// Measures writes the measures of all cases and risks in one of Formats, as Register does.
func Measures(ctx context.Context, s *store.Store, format string, w io.Writer, progress func(done int)) error {
	out, err := newTable(format, w, "Measures", []string{
		"incident", "risk", "text", "owner", "owner_email", "due_on", "state", "created_at", "ended_at", "reason",
	})
	if err != nil {
		return err
	}
	done := 0
	err = s.AllMeasures(ctx, func(m store.Measure, number string) error {
		e := MeasureEntry{
			Incident: number, Text: m.Text, Owner: m.OwnerName, Email: m.OwnerEmail, DueOn: m.DueOn, State: string(m.State),
			CreatedAt: m.CreatedAt.UTC().Format(time.RFC3339), EndedAt: stamp(m.EndedAt), Reason: m.Reason,
		}
		if m.RiskID != nil {
			e.Risk = store.RiskNumber(*m.RiskID)
		}
		if done++; progress != nil {
			progress(done)
		}
		return out.write([]string{e.Incident, e.Risk, e.Text, e.Owner, e.Email, e.DueOn, e.State, e.CreatedAt, e.EndedAt, e.Reason}, e)
	})
	if err != nil {
		return fmt.Errorf("writing the measures: %w", err)
	}
	return out.close()
}
