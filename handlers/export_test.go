package handlers

import (
	"tyreso.se/incidentbot/bot"
)

// CardView lets the tests draw cards without a register.
type CardView = cardView

// DrawCard draws a card.
func (a *App) DrawCard(lang string, v CardView) bot.Message { return a.card(lang, v) }
