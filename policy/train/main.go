// Command train makes the model that reports are classified by, policy/model.bin, of the reports in policy/corpus, and prints what
// cross-validation says of it. It is run by "go generate ./policy" in the policy folder: the same reports give the same model.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"tyreso.se/incidentbot/policy"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	examples, err := readCorpus("corpus")
	if err != nil {
		return err
	}
	judged, calibration := policy.CrossValidate(examples)
	e := policy.Evaluate(judged)
	fmt.Fprintf(out, "%d reports; by cross-validation: top-1 %.3f, top-3 %.3f, macro-F1 %.3f, aspects macro-F1 %.3f, calibration error %.3f\n",
		e.Reports, e.Top1, e.Top3, e.MacroF1, e.AspectsF1, e.CalibrationError)
	for _, aspect := range policy.AllAspects {
		fmt.Fprintf(out, "%s %.3f ", aspect, e.Aspects[aspect])
	}
	fmt.Fprintf(out, "%v\n", calibration)
	return os.WriteFile("model.bin", policy.Train(examples, calibration), 0o644) //nolint:gosec // a part of the source
}

// readCorpus reads the reports of all categories.
func readCorpus(dir string) (all []policy.Example, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("looking for the corpus: %w", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the corpus: %w", err)
		}
		lines := bufio.NewScanner(bytes.NewReader(content))
		for n := 1; lines.Scan(); n++ {
			var e policy.Example
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, n, err)
			}
			all = append(all, e)
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}
