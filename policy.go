package main

import (
	"context"
	"os"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
)

type policyCommand struct {
	Language string `default:"sv" enum:"sv,en" help:"sv or en; the clauses' titles are the policy's own."`
}

// Run prints, clause by clause, what the program does for the policy and what there is to show today. It can be run while the bot is
// running.
func (c policyCommand) Run(ctx context.Context, cli *commands) error {
	texts, err := locale.New()
	if err != nil {
		return err
	}
	return cli.withRegister(ctx, readOnly, func(cfg config.Config, s *store.Store) error {
		in := coverageInput(cfg, texts, c.Language)
		rows, courses, err := trainingOn(ctx, cfg, s, s.Now())
		if err != nil {
			return err
		}
		in.Training = trainingShares(rows, courses)
		all, err := report.PolicyCoverage(ctx, s, in)
		if err != nil {
			return err
		}
		return report.WriteCoverage(os.Stdout, all)
	})
}

func coverageInput(cfg config.Config, texts *locale.Texts, language string) report.CoverageInput {
	settings := settingsFrom(cfg)
	in := report.CoverageInput{
		Location: settings.Location, Documents: settings.Documents, Holders: map[policy.Role]int{}, Limits: settings.RiskLimits,
		Text: func(key string, data map[string]any) string { return texts.T(language, key, data) },
	}
	for _, role := range policy.Roles() {
		in.Holders[role] = len(cfg.Roles[string(role)])
	}
	return in
}
