// Package discord is a local stand-in for Discord: one guild with its channels and people, and one application with a bot,
// behind the REST routes, the gateway and the signed HTTP interactions that such a bot uses. It serves the demo and the
// tests, and is as strict as the documentation of the real platform, so that what works against it works for real. It knows
// nothing of incidents or of the bot: only tokens, permissions, channels, messages, components, commands and people.
//
// Everything lives in memory and ends with the process. Where the rules come from, a page each:
//
//   - addresses, tokens, user agents, error shapes, snowflakes, uploads: https://discord.com/developers/docs/reference
//   - error and close codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes
//   - rate limits: https://discord.com/developers/docs/topics/rate-limits
//   - permissions: https://discord.com/developers/docs/topics/permissions
//   - messages, embeds, allowed mentions: https://discord.com/developers/docs/resources/message
//   - components of messages and modals: https://discord.com/developers/docs/components/reference
//   - commands: https://discord.com/developers/docs/interactions/application-commands
//   - interactions: https://discord.com/developers/docs/interactions/receiving-and-responding
//   - signed requests and the endpoint check: https://discord.com/developers/docs/interactions/overview
//   - the gateway: https://discord.com/developers/docs/events/gateway and …/events/gateway-events
//
// A [Workspace] is an [http.Handler] (routes in New). Tests act as people with [Workspace.Command], [Workspace.Press],
// [Workspace.SubmitModal] and their siblings, wait for what follows with [Workspace.Until], and read what happened with
// [Workspace.Messages], [Workspace.Calls] and [Workspace.Problems].
package discord
