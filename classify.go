package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"tyreso.se/incidentbot/policy"
)

type classifyCommand struct {
	Evaluate string `type:"existingfile" placeholder:"FILE.jsonl" help:"Say how right the program's own model is for labelled reports."`
}

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

// Run categorises what stands on standard input, line by line, or evaluates the suggestions for a file.
func (c classifyCommand) Run(ctx context.Context) error {
	if c.Evaluate == "" {
		return classify(ctx, os.Stdin, os.Stdout)
	}
	file, err := os.Open(c.Evaluate)
	if err != nil {
		return fmt.Errorf("opening the labelled reports: %w", err)
	}
	defer file.Close()
	return evaluate(ctx, file, os.Stdout)
}

// eachLine calls do with every line that is not empty. Its errors name the line.
func eachLine(ctx context.Context, in io.Reader, do func(line []byte) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for n := 1; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := do(lines.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading reports: %w", err)
	}
	return nil
}

func classify(ctx context.Context, in io.Reader, out io.Writer) error {
	classifier := policy.NewClassifier()
	w := bufio.NewWriter(out)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	err := eachLine(ctx, in, func(read []byte) error {
		var report struct{ ID, Text string }
		if err := json.Unmarshal(read, &report); err != nil {
			return fmt.Errorf("not a JSON object with id and text: %w", err)
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
		return encoder.Encode(line)
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// mostConfusions is how many pairs of categories are listed.
const mostConfusions = 12

// evaluate says how right the suggestions of the program's own model are for labelled reports. Lines without a category are passed over,
// and counted.
func evaluate(ctx context.Context, in io.Reader, out io.Writer) error {
	classifier := policy.NewClassifier()
	var judged []policy.Judgement
	passed := 0
	err := eachLine(ctx, in, func(line []byte) error {
		var e policy.Example
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		if e.Category == "" {
			passed++
			return nil
		}
		judged = append(judged, classifier.Judge(e))
		return nil
	})
	if err != nil {
		return err
	}
	if len(judged) == 0 {
		return fmt.Errorf("no line has a category: write them as JSON, {\"text\": …, \"category\": …}")
	}
	return printEvaluation(out, policy.Evaluate(judged), passed)
}

func printEvaluation(out io.Writer, e policy.Evaluation, passed int) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	line("%d reports, %d without a category passed over.", e.Reports, passed)
	line("Category: top-1 %.3f, top-3 %.3f, macro-F1 %.3f, calibration error %.3f.", e.Top1, e.Top3, e.MacroF1, e.CalibrationError)
	line("Clarifying question: asked about %d reports; the category suggested is right for %d of them, the other one for %d.",
		e.Asked, e.AskedFirst, e.AskedSecond)
	line("Aspects: macro-F1 %.3f (K %.3f, R %.3f, T %.3f, S %.3f).\n", e.AspectsF1, e.Aspects[policy.Confidentiality],
		e.Aspects[policy.Integrity], e.Aspects[policy.Availability], e.Aspects[policy.Traceability])
	line("category\treports\tprecision\trecall\tF1\t")
	for _, c := range e.Categories {
		line("%s\t%d\t%.3f\t%.3f\t%.3f\t", c.Category, c.Reports, c.Precision, c.Recall, c.F1)
	}
	line("\nis\twas suggested as\treports\t")
	for _, c := range e.Confusions[:min(len(e.Confusions), mostConfusions)] {
		line("%s\t%s\t%d\t", c.Want, c.Got, c.Reports)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("printing the evaluation: %w", err)
	}
	return nil
}
