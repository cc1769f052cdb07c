package policy

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Example is a report with what somebody has decided about it, to learn from or to be measured by.
type Example struct {
	ID           string
	Text         string
	Category     Category // "" when nobody has
	Aspects      Aspects
	Judged       bool // Aspects were decided
	PersonalData Answer
	Ongoing      Answer
	NearMiss     bool
}

// UnmarshalJSON reads {"id", "text", "category", "aspects", "personal_data", "ongoing", "near_miss"}. Aspects are initials, "KT" or
// ["K", "T"]. All but the text may be missing or null. An unknown category or answer is an error.
func (e *Example) UnmarshalJSON(data []byte) error {
	var in struct {
		ID           string          `json:"id"`
		Text         string          `json:"text"`
		Category     Category        `json:"category"`
		Aspects      json.RawMessage `json:"aspects"`
		PersonalData Answer          `json:"personal_data"`
		Ongoing      Answer          `json:"ongoing"`
		NearMiss     bool            `json:"near_miss"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("reading an example: %w", err)
	}
	*e = Example{ID: in.ID, Text: in.Text, Category: in.Category, PersonalData: in.PersonalData, Ongoing: in.Ongoing, NearMiss: in.NearMiss}
	if in.Category != "" && columnOf(in.Category) < 0 {
		return fmt.Errorf("reading an example: there is no category %q", in.Category)
	}
	for _, answer := range []*Answer{&e.PersonalData, &e.Ongoing} {
		if *answer == "" {
			*answer = Unknown
		}
		if !slices.Contains(answers[:], *answer) {
			return fmt.Errorf("reading an example: %q is neither yes, no nor unknown", *answer)
		}
	}
	if len(in.Aspects) == 0 || string(in.Aspects) == "null" {
		return nil
	}
	e.Judged = true
	initials := []string{""}
	if json.Unmarshal(in.Aspects, &initials[0]) != nil {
		if err := json.Unmarshal(in.Aspects, &initials); err != nil {
			return fmt.Errorf("reading an example: aspects are neither initials nor a list of them: %w", err)
		}
	}
	for _, some := range initials {
		aspects, err := ParseAspects(some)
		if err != nil {
			return fmt.Errorf("reading an example: %w", err)
		}
		e.Aspects |= aspects
	}
	return nil
}
