package main

import (
	"bytes"
	"fmt"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
)

// drafter returns what makes drafts of notifications: in Swedish, the authorities' language.
func drafter(cfg config.Config, texts *locale.Texts, register *store.Store) func(handlers.Notification) ([]byte, error) {
	text := func(key string) string { return texts.T(locale.Swedish, key) }
	return func(n handlers.Notification) ([]byte, error) {
		in := report.DraftInput{
			Organisation: cfg.Organisation.Name, CISO: addresses(cfg.Roles[config.CISO]), DPO: addresses(cfg.Roles[config.DPO]),
			Incident: n.Incident, System: n.System, Decisions: n.Decisions, Obligations: n.Obligations,
			Affected: n.Affected, Measures: n.Measures,
			Category: text("category." + string(n.Incident.Category)), Location: cfg.Organisation.Location(), Now: register.Now(), Text: text,
		}
		draft := report.IMYDraft(in)
		if n.Authority == handlers.CSIRT {
			draft = report.CSIRTDraft(in)
		}
		if n.Format == handlers.Markdown {
			return []byte(draft.Markdown()), nil
		}
		var pdf bytes.Buffer
		if err := draft.WritePDF(&pdf); err != nil {
			return nil, fmt.Errorf("drawing a draft: %w", err)
		}
		return pdf.Bytes(), nil
	}
}

// addresses are the e-mail addresses of people who have one.
func addresses(people []config.Person) (all []string) {
	for _, p := range people {
		if p.Email != "" {
			all = append(all, p.Email)
		}
	}
	return all
}
