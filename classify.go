package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"tyreso.se/incidentbot/policy"
)

type classifyCommand struct{}

// classified is one line of classify's output. The names are a contract.
type classified struct {
	ID           string               `json:"id"`
	Category     policy.Category      `json:"category"`
	Confidence   float64              `json:"confidence"`
	Alternatives []policy.Alternative `json:"alternatives"`
	Aspects      []string             `json:"aspects"`
	PersonalData policy.Answer        `json:"personal_data"`
	Reasons      []policy.Reason      `json:"reasons"`
}

// maxLine is the length of one input line, in bytes.
const maxLine = 1 << 20

// Run categorises what stands on standard input, line by line.
func (classifyCommand) Run(ctx context.Context) error { return classify(ctx, os.Stdin, os.Stdout) }

func classify(ctx context.Context, in io.Reader, out io.Writer) error {
	classifier := policy.NewClassifier()
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	w := bufio.NewWriter(out)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for n := 1; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(lines.Bytes()) == 0 {
			continue
		}
		var report struct{ ID, Text string }
		if err := json.Unmarshal(lines.Bytes(), &report); err != nil {
			return fmt.Errorf("line %d is not a JSON object with id and text: %w", n, err)
		}
		s := classifier.Classify(policy.Report{Text: report.Text, PersonalData: policy.Unknown, Ongoing: policy.Unknown})
		line := classified{
			ID: report.ID, Category: s.Category, Confidence: s.Confidence, Alternatives: s.Alternatives,
			Aspects: []string{}, PersonalData: s.PersonalData, Reasons: s.Reasons,
		}
		for _, aspect := range policy.AllAspects {
			if s.Aspects.Has(aspect) {
				line.Aspects = append(line.Aspects, aspect.String())
			}
		}
		if err := encoder.Encode(line); err != nil {
			return fmt.Errorf("writing line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading reports: %w", err)
	}
	return w.Flush()
}
