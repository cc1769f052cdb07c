package report_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

func draw(t *testing.T, m report.RiskMatrix) image.Image {
	t.Helper()
	content, err := report.RiskPicture(m)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// differ counts the points in which two pictures of one size differ, in the left half and in the right.
func differ(t *testing.T, a, b image.Image) (left, right int) {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Fatalf("the pictures are %v and %v large", a.Bounds(), b.Bounds())
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				if x < a.Bounds().Dx()/2 {
					left++
				} else {
					right++
				}
			}
		}
	}
	return left, right
}

// Each risk is drawn in its own field, limits colour the squares, and as many risks as there may be fit.
func TestRiskPicture(t *testing.T) {
	m := report.RiskMatrix{Title: "Risker", Likelihood: "Sannolikhet", Consequence: "Konsekvens", Limits: policy.DefaultRiskLimits()}
	empty := draw(t, m)
	placed := []report.PlacedRisk{{Label: "R1", Estimate: policy.RiskEstimate{Likelihood: 4, Consequence: 3}}}
	m.Before.Risks = placed
	before := draw(t, m)
	if left, right := differ(t, empty, before); left == 0 || right > 0 {
		t.Errorf("a risk before measures changes %d points on the left and %d on the right", left, right)
	}
	m.Before.Risks, m.After.Risks = nil, placed
	if left, right := differ(t, empty, draw(t, m)); left > 0 || right == 0 {
		t.Errorf("a risk after measures changes %d points on the left and %d on the right", left, right)
	}
	m.After.Risks = []report.PlacedRisk{{Label: "R1", Estimate: policy.RiskEstimate{Likelihood: 1, Consequence: 1}}}
	if left, right := differ(t, before, draw(t, m)); left == 0 || right == 0 {
		t.Error("a risk in another square looks the same")
	}
	m.After.Risks = nil
	m.Limits = policy.RiskLimits{24, 25, 26}
	if left, right := differ(t, empty, draw(t, m)); left < 1000 || right < 1000 {
		t.Error("other limits colour the same squares")
	}
	for range 100 {
		m.Before.Risks = append(m.Before.Risks, report.PlacedRisk{Label: "R1234", Estimate: placed[0].Estimate})
	}
	full := draw(t, m)
	m.Before.Risks = append(m.Before.Risks, m.Before.Risks[0])
	if left, _ := differ(t, full, draw(t, m)); left == 0 {
		t.Error("that there is one more than there is room for is not to be seen")
	}
}

func TestFollowupTellsHowFarTheRiskAnalysesHaveCome(t *testing.T) {
	s := storetest.SQLite(t)
	ctx := t.Context()
	in := followupInput(t)
	in.RiskLimits = policy.DefaultRiskLimits()
	estimate := func(likelihood, consequence int) policy.RiskEstimate {
		return policy.RiskEstimate{Likelihood: likelihood, Consequence: consequence}
	}
	err := s.InTx(ctx, func(tx *store.Tx) error {
		who, err := tx.EnsureAccount(ctx, "chat", "U1", "Karin")
		if err != nil {
			return err
		}
		long := tx.Now.AddDate(-3, 0, 0)
		in.Year = tx.Now.In(in.Location).Year()
		for i, r := range []store.Risk{
			{Unit: "Omsorg", Before: estimate(4, 4), EstimatedAt: &tx.Now}, {Unit: "Omsorg", Before: estimate(2, 5), EstimatedAt: &long},
			{Unit: "Omsorg"}, {Unit: "Skola", Before: estimate(1, 5), EstimatedAt: &tx.Now},
			{Unit: "Skola", Before: estimate(5, 5), EstimatedAt: &tx.Now, EndedAt: &tx.Now},
		} {
			r.Ref, r.Text, r.CreatedBy = string(rune('a'+i)), secret, who.ID
			if err := tx.AddRisk(ctx, &r); err != nil {
				return err
			}
			if i == 1 {
				m := store.Measure{Ref: "m", RiskID: &r.ID, State: store.MeasureOpen, DueOn: "2099-01-01", CreatedBy: who.ID}
				if err := tx.AddMeasure(ctx, &m); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := report.CompileFollowup(ctx, s, in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "risks", tables(f)["followup.risks"], [][]string{
		{"Omsorg", "3", "1 (33 %)", "2 (67 %)", "1"}, {"Skola", "1", "1 (100 %)", "0 (0 %)", "0"}, {"followup.all", "4", "2 (50 %)", "2 (50 %)", "1"},
	})
	proposals, err := report.Proposals(ctx, s, in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "proposals", proposals, []string{"followup.proposal.risks_grave 1", "followup.proposal.risks_not_estimated 1"})
}
