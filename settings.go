package main

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/scheduler"
)

// maxFiles is how many attachments a report may have. Slack and Discord allow ten:
// https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
// https://discord.com/developers/docs/components/reference#file-upload
const maxFiles = 5

// settingsFrom is what the use cases need of the configuration.
func settingsFrom(cfg config.Config) handlers.Settings {
	s := handlers.Settings{
		Organisation: cfg.Organisation.Name,
		Location:     cfg.Organisation.Location(),
		Language:     cfg.Organisation.Language,
		Roles:        map[policy.Role][]handlers.Holder{},
		Advice:       map[policy.Category]handlers.Advice{},
		MaxFiles:     maxFiles,
		MaxFileBytes: int64(cfg.Attachments.MaxMegabytes) << 20,
		DraftAge:     cfg.Drafts.Keep(),

		RetentionMonths: cfg.Retention.Months,
	}
	if cfg.Slack.BotToken != "" {
		s.Surfaces = append(s.Surfaces, slack.Name)
	}
	if cfg.Discord.BotToken != "" {
		s.Surfaces = append(s.Surfaces, discord.Name)
	}
	for _, role := range policy.Roles() {
		for _, p := range cfg.Roles[string(role)] {
			s.Roles[role] = append(s.Roles[role], handlers.Holder{
				Email: strings.ToLower(p.Email), Accounts: inUse(s.Surfaces, map[string]string{slack.Name: p.Slack, discord.Name: p.Discord}),
			})
		}
	}
	triage := cfg.Channels.Triage
	channels := inUse(s.Surfaces, map[string]string{slack.Name: triage.Slack, discord.Name: triage.Discord})
	for _, surface := range s.Surfaces {
		if id := channels[surface]; id != "" {
			s.Triage = append(s.Triage, handlers.TriageChannel{
				Address: bot.Address{Surface: surface, Channel: id}, Confidential: triage.Confidential,
			})
		}
	}
	revision := inUse(s.Surfaces, map[string]string{slack.Name: cfg.Channels.Revision.Slack, discord.Name: cfg.Channels.Revision.Discord})
	for _, surface := range s.Surfaces {
		if id := revision[surface]; id != "" {
			s.Revision = append(s.Revision, bot.Address{Surface: surface, Channel: id})
		}
	}
	s.FollowupMonth = time.Month(cfg.Followup.Month)
	for _, d := range cfg.Documents {
		s.Documents = append(s.Documents, policy.Document{
			Key: d.Key, Title: d.Title, Owner: policy.Role(d.Owner), Month: time.Month(d.ReviseMonth),
		})
	}
	s.Steps = stepsFrom(cfg.Obligations)
	s.Waits = policy.Waits{
		Serious: cfg.Escalation.Serious(), Significant: cfg.Escalation.Significant(), Hour: cfg.Escalation.Hour, LowDays: cfg.Escalation.LowDays,
	}
	if cfg.Inform.SystemOwner {
		s.Inform = append(s.Inform, policy.SystemOwner)
	}
	if cfg.Inform.UnitManager {
		s.Inform = append(s.Inform, policy.UnitManager)
	}
	s.Thresholds = policy.Thresholds{
		OutageHours: cfg.Significant.OutageHours, Persons: cfg.Significant.Persons,
		SameCause: cfg.Significant.SameCause, SameCauseTime: cfg.Significant.SameCauseTime(),
	}
	s.RiskLimits = policy.RiskLimits{cfg.Risk.Medium, cfg.Risk.High, cfg.Risk.Grave}
	s.Holidays = scheduler.Holidays()
	for category, advice := range cfg.Advice {
		s.Advice[policy.Category(category)] = handlers.Advice{"sv": advice.SV, "en": advice.EN}
	}
	return s
}

// stepsFrom are the statutes' steps with what the municipality has changed about them.
func stepsFrom(changes map[string]config.Obligation) []policy.Step {
	steps := policy.DefaultSteps()
	for i := range steps {
		change := changes[steps[i].Key]
		if change.Hours+change.Months > 0 {
			steps[i].Hours, steps[i].Months = change.Hours, change.Months
		}
		steps[i].Recipient = cmp.Or(change.Recipient, steps[i].Recipient)
		steps[i].Portal = cmp.Or(change.Portal, steps[i].Portal)
		steps[i].Source = cmp.Or(change.Source, steps[i].Source)
		steps[i].Checked = cmp.Or(change.Checked, steps[i].Checked)
		if len(change.Roles) > 0 {
			steps[i].Roles = nil
			for _, role := range change.Roles {
				steps[i].Roles = append(steps[i].Roles, policy.Role(role))
			}
		}
	}
	return steps
}

// inUse are the ids on surfaces that are in use.
func inUse(surfaces []string, ids map[string]string) map[string]string {
	maps.DeleteFunc(ids, func(surface, id string) bool { return id == "" || !slices.Contains(surfaces, surface) })
	return ids
}

// paceFrom is how fast each platform may be written to.
func paceFrom(cfg config.Limits) map[string]scheduler.Pace {
	// Slack counts minutes: ten seconds' worth at once, so that a burst of reports does not wait for an average. Discord counts
	// seconds.
	return map[string]scheduler.Pace{
		slack.Name:   pace(cfg.Slack, 10*time.Second),
		discord.Name: pace(cfg.Discord, time.Second),
	}
}

// pace is a platform's limits, with what may be posted within a while at once.
func pace(l config.PostLimits, atOnce time.Duration) scheduler.Pace {
	return scheduler.Pace{
		PerLane:   time.Duration(float64(time.Second) / l.PostsPerSecondPerChannel),
		PerMinute: l.PostsPerMinute,
		Burst:     int(math.Ceil(float64(l.PostsPerMinute) * atOnce.Minutes())),
	}
}
