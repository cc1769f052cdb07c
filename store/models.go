package store

import (
	"context"
	"slices"
	"time"
)

// Model is one that was made of what people have decided, without its weights.
type Model struct {
	Version     int64 // 1, 2, 3 …
	TrainedAt   time.Time
	Examples    int  // how many decided incidents it was made of
	RightBefore int  // of the examples, by the program's own model
	RightAfter  int  // of the examples, by cross-validation
	Better      bool // by more than luck explains
}

const modelColumns = `version, trained_at, examples, right_before, right_after, better`

func modelFields(m *Model) []any {
	return []any{&m.Version, millis{&m.TrainedAt}, &m.Examples, &m.RightBefore, &m.RightAfter, flag{&m.Better}}
}

const selectLatestModel = `SELECT ` + modelColumns + ` FROM models ORDER BY version DESC LIMIT 1`

// AddModel keeps a model. It fills in Version and TrainedAt.
func (tx *Tx) AddModel(ctx context.Context, m *Model, weights []byte) error {
	latest, err := one(ctx, tx, itself[int64], `SELECT coalesce(max(version), 0) FROM models`)
	if err != nil {
		return doing("number a model", err)
	}
	m.Version, m.TrainedAt = latest+1, tx.Now
	_, err = tx.exec(ctx, `INSERT INTO models (`+modelColumns+`, weights) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		append(modelFields(m), weights)...)
	return doing("keep a model", err)
}

// LatestModel returns the model that was made last, or ErrNotFound.
func (s *Store) LatestModel(ctx context.Context) (Model, error) {
	m, err := readOne(ctx, s, modelFields, selectLatestModel)
	return m, doing("read the latest model", err)
}

// LatestModel is Store.LatestModel as the transaction sees it.
func (tx *Tx) LatestModel(ctx context.Context) (Model, error) {
	m, err := one(ctx, tx, modelFields, selectLatestModel)
	return m, doing("read the latest model", err)
}

// Models returns all models, the latest first.
func (s *Store) Models(ctx context.Context) ([]Model, error) {
	found, err := readMany(ctx, s, modelFields, `SELECT `+modelColumns+` FROM models ORDER BY version DESC`)
	return found, doing("read the models", err)
}

// ModelWeights returns what a model is made of, or ErrNotFound.
func (s *Store) ModelWeights(ctx context.Context, version int64) ([]byte, error) {
	weights, err := readOne(ctx, s, itself[[]byte], `SELECT weights FROM models WHERE version = ?`, version)
	return weights, doing("read a model's weights", err)
}

// ModelInForce is the model that reports are categorised by.
type ModelInForce struct {
	Version int64 // 0: the program's own alone
	Since   time.Time
}

const selectModelInForce = `SELECT version, since FROM model_in_force WHERE id = 1`

func modelInForceFields(m *ModelInForce) []any {
	return []any{&m.Version, millis{&m.Since}}
}

// ModelInForce returns the model that reports are to be categorised by.
func (s *Store) ModelInForce(ctx context.Context) (ModelInForce, error) {
	m, err := readOne(ctx, s, modelInForceFields, selectModelInForce)
	return m, doing("read the model in force", err)
}

// ModelInForce is Store.ModelInForce as the transaction sees it.
func (tx *Tx) ModelInForce(ctx context.Context) (ModelInForce, error) {
	m, err := one(ctx, tx, modelInForceFields, selectModelInForce)
	return m, doing("read the model in force", err)
}

// PutInForce has reports categorised by a model from now on. It fills in Since.
func (tx *Tx) PutInForce(ctx context.Context, m ModelInForce) error {
	m.Since = tx.Now
	_, err := tx.exec(ctx, `UPDATE model_in_force SET version = ?, since = ? WHERE id = 1`, modelInForceFields(&m)...)
	return doing("put a model in force", err)
}

// confirmed is the condition of the index incidents_confirmed, word for word: a person has confirmed the category, and there are words to
// learn from.
const confirmed = `confirmed_at IS NOT NULL AND stop_question = 0 AND text <> ''`

const countConfirmed = `SELECT count(*) FROM incidents WHERE confirmed_at > ? AND ` + confirmed

// ConfirmedSince returns how many incidents have a text to learn from and a category that a person has confirmed since a time.
func (s *Store) ConfirmedSince(ctx context.Context, since time.Time) (int, error) {
	n, err := readOne(ctx, s, itself[int], countConfirmed, since.UnixMilli())
	return n, doing("count confirmed categories", err)
}

// ConfirmedIncidents returns the incidents with a text and a category that a person has confirmed, those confirmed last, at most limit, in
// the order in which they were.
func (s *Store) ConfirmedIncidents(ctx context.Context, limit int) ([]Incident, error) {
	found, err := readMany(ctx, s, incidentFields,
		`SELECT `+incidentColumns+` FROM incidents WHERE `+confirmed+` ORDER BY confirmed_at DESC, id DESC LIMIT ?`, limit)
	slices.Reverse(found)
	return found, doing("read confirmed categories", err)
}
