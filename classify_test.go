package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"tyreso.se/incidentbot/policy"
)

func classifyText(t *testing.T, in string) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	if err := classify(t.Context(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	var lines []map[string]any
	for decoder := json.NewDecoder(&out); decoder.More(); {
		var line map[string]any
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestClassify(t *testing.T) {
	lines := classifyText(t, `{"id":"a","text":"Jag har tappat min telefon på bussen"}`+"\n\n"+
		`{"id":"b","text":"zzz","more":1}`+"\n"+`{"id":"<c>","text":""}`)
	if len(lines) != 3 {
		t.Fatalf("%d lines, want three: an empty line is nothing", len(lines))
	}
	for i, id := range []string{"a", "b", "<c>"} {
		line := lines[i]
		differs(t, "id", line["id"], any(id))
		for _, name := range []string{"category", "confidence", "alternatives", "aspects", "personal_data", "reasons"} {
			if _, ok := line[name]; !ok {
				t.Errorf("line %s has no %s: %v", id, name, line)
			}
		}
		differs(t, "names", len(line), 7)
		if c, ok := line["confidence"].(float64); !ok || c < 0 || c > 1 {
			t.Errorf("confidence is %v, want 0–1", line["confidence"])
		}
		if category, ok := line["category"].(string); !ok || !policy.Category(category).Valid() {
			t.Errorf("category is %v", line["category"])
		}
	}
	differs(t, "category of a lost telephone", lines[0]["category"], any("loss"))
	differs(t, "its aspects", lines[0]["aspects"], any([]any{"K", "T"}))
	if reasons, ok := lines[0]["reasons"].([]any); !ok || len(reasons) == 0 {
		t.Errorf("its reasons are %v", lines[0]["reasons"])
	}
	if aspects, ok := lines[1]["aspects"].([]any); !ok {
		t.Errorf("no aspects are %v, want an empty list", aspects)
	}
}

func TestClassifyNamesTheLineThatIsWrong(t *testing.T) {
	var out bytes.Buffer
	err := classify(t.Context(), strings.NewReader(`{"id":"a","text":"x"}`+"\n\nhej\n"), &out)
	if err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("error is %v, want line 3 named", err)
	}
	if err := classify(t.Context(), strings.NewReader(strings.Repeat("x", maxLine+1)), &out); err == nil {
		t.Error("a line without end is taken")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := classify(stopped, strings.NewReader(`{"id":"a","text":"x"}`), &out); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: error is %v", err)
	}
}
