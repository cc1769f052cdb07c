package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with the settings.
type Problem struct {
	Where  string // the file's path, or the environment variable's name
	Line   int    // 1, 2, 3 …; 0 when it is not about one place in a file
	Column int
	Text   string // what is wrong and what to do; never a secret
}

// Error implements error: "incidentbot.yaml:12:7: what is wrong".
func (p Problem) Error() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d:%d: %s", p.Where, p.Line, p.Column, p.Text)
	}
	return p.Where + ": " + p.Text
}

// Problems is everything that is wrong with the settings: the file's first, from top to bottom, then the environment's.
type Problems []Problem

// Error implements error, a line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// nearest returns the known word that a misspelt one most likely meant, or "" when none is near.
func nearest(word string, known []string) string {
	best, least := "", len([]rune(word))/3+1 // a third of the letters wrong is another word
	for _, k := range known {
		if d := distance([]rune(strings.ToLower(word)), []rune(k)); d <= least {
			if best == "" || d < least {
				best = k
			}
			least = d
		}
	}
	return best
}

// distance returns the Levenshtein distance: how many letters to add, remove or replace to make a into b.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			replace := diagonal
			if x != y {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// suggest returns "; did you mean X?" or, when nothing is near, the words that are known.
func suggest(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return "; known here: " + strings.Join(known, ", ")
}
