package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/jmoiron/sqlx"
)

// committer runs all writing transactions of the process, one after another, and commits those that wait for each other
// together.
//
// Why together: a commit waits for the disk, which takes longer than everything else a report does. One at a time, the
// disk sets the pace for a queue of people; together, a queue of thirty costs one wait. Each function still is a
// transaction of its own: it runs within a savepoint, and when it fails or panics only its own changes are undone.
// Nobody is told of success before the common commit is on disk. When nobody waits, a function runs and is committed at
// once: nothing is delayed to gather company.
//
// Why one after another: every transaction of the register ends in the same place, the head of the audit chain, so they
// could not commit side by side anyway. SQLite has one writer by nature; on PostgreSQL the dialect's first statement is
// a lock that makes processes take turns. So there is nothing to deadlock on, no serialisation failure to retry, and what
// a function read stays true until it is committed, on both databases.
//
// Why in another goroutine: the person waits with a deadline (a chat platform's three seconds), and a database that
// hangs does not heed it. The caller leaves in time; the committer goes on when it can. A function whose caller has left
// is stopped at its next statement, and one that never began does not begin.
type committer struct {
	store   *Store
	queue   chan *job     // unbuffered: the senders that wait are the queue, first in, first out, and leave it by themselves
	closing chan struct{} // closed by close
	stopped chan struct{} // closed when the loop has ended
	ctx     context.Context
	cancel  context.CancelFunc // ends the batch that runs
	hand    hand
}

// job is one caller's function.
type job struct {
	ctx  context.Context
	fn   func(*Tx) error
	done chan result // buffered: the caller may have left
}

type result struct {
	err      error
	panicked any    // what fn panicked with, nil otherwise
	stack    string // where
}

func (r result) ok() bool { return r.err == nil && r.panicked == nil }

const (
	// maxBatch bounds how long the first function of a batch waits for the others' sake.
	maxBatch = 32
	// closeGrace is how long close lets a batch run before it cuts it short, and then waits for that.
	closeGrace = 5 * time.Second
)

func newCommitter(s *Store) *committer {
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if !s.dialect.embedded {
		ctx, cancel = context.WithCancel(ctx)
	}
	c := &committer{
		store: s, queue: make(chan *job), closing: make(chan struct{}), stopped: make(chan struct{}), ctx: ctx, cancel: cancel,
		hand: newHand(),
	}
	go c.loop()
	return c
}

// InTx runs fn in a transaction: all of what fn wrote is in the register when InTx returns nil, nothing of it when InTx
// returns fn's error, or when fn panics, which is passed on to the caller.
//
// fn runs once, in another goroutine, and other callers wait for it: it should do nothing but use tx. When ctx ends
// before fn has begun, fn never runs. When ctx's deadline passes while fn runs or is being committed, InTx returns an
// error that wraps context.DeadlineExceeded and whether the changes are kept is unknown: ask again with the same
// [Tx.Claim] to find out, and do not touch what fn writes to. After a failed statement all further statements of fn fail
// with the same error. ErrConflict among errors tells that a unique key was taken.
func (s *Store) InTx(ctx context.Context, fn func(tx *Tx) error) error {
	if s.committer == nil {
		return ErrReadOnly
	}
	return s.committer.do(ctx, fn)
}

func (c *committer) do(ctx context.Context, fn func(*Tx) error) error {
	j := &job{ctx: ctx, fn: fn, done: make(chan result, 1)}
	if err := c.enqueue(j); err != nil {
		return err
	}
	// From here on only the deadline matters: a caller that was cancelled can as well hear how it went, and that comes
	// soon, since fn ends at its next statement.
	var late <-chan time.Time
	if deadline, ok := ctx.Deadline(); ok {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case r := <-j.done:
		if r.panicked != nil {
			panic(r.panicked)
		}
		return r.err
	case <-late:
		<-ctx.Done() // so that fn, asking the same context, cannot find that there is time left
		return fmt.Errorf("the transaction did not end in time, its outcome is unknown: %w", context.DeadlineExceeded)
	}
}

// enqueue returns nil when the committer has taken j to run it, and an error when it never will.
func (c *committer) enqueue(j *job) error {
	select {
	case c.queue <- j:
		return nil
	case <-j.ctx.Done():
		return fmt.Errorf("waiting for the transaction's turn: %w", j.ctx.Err())
	case <-c.closing:
		return ErrClosed
	}
}

// close lets the running batch end. What still waits in the queue is told ErrClosed by do.
func (c *committer) close() error {
	defer c.cancel()
	close(c.closing)
	timer := time.NewTimer(closeGrace)
	defer timer.Stop()
	select {
	case <-c.stopped:
		return nil
	case <-timer.C:
	}
	c.cancel()
	timer.Reset(closeGrace)
	select {
	case <-c.stopped:
		return nil
	case <-timer.C:
		return errors.New("a transaction did not end: the database does not answer")
	}
}

func (c *committer) loop() {
	defer close(c.stopped)
	defer c.hand.close()
	for {
		select {
		case <-c.closing:
			return
		case first := <-c.queue:
			c.commitTogether(first)
		}
	}
}

// commitTogether runs first and whoever waits in one database transaction, and tells each how it went.
func (c *committer) commitTogether(first *job) {
	b, err := c.begin()
	if err != nil {
		first.done <- result{err: err}
		return
	}
	type ended struct {
		*job
		result
	}
	var all []ended
	changed := false
	for j := first; j != nil; j = c.next(len(all)) {
		var r result
		r, err = b.run(j)
		all = append(all, ended{j, r})
		if err != nil {
			break // the whole batch is lost; whoever waits has a turn in the next
		}
		changed = changed || r.ok()
	}
	if err == nil && changed {
		err = b.commit()
	} else {
		_ = b.tx.Rollback() // either nothing was changed, or the connection is lost and the database does it
	}
	for _, j := range all {
		// Also what ended in an error of its own may have gone by what others had written, and that is lost.
		if err != nil && j.panicked == nil {
			j.err = err
		}
		j.done <- j.result
	}
	if c.store.checkpointer != nil {
		c.store.checkpointer.want()
	}
	for query := range b.missed {
		if _, err := c.store.writer.prepare(c.ctx, query); err != nil {
			return // prepared anew in the next transaction, which tells whoever waits what is wrong
		}
	}
}

// next returns the next in the queue, or nil when nobody waits or the batch is full.
func (c *committer) next(ran int) *job {
	if ran >= maxBatch {
		return nil
	}
	select {
	case j := <-c.queue:
		return j
	default:
		return nil
	}
}

// batch is a database transaction that several callers' transactions share.
type batch struct {
	store  *Store
	ctx    context.Context // ends when the store is closed and the batch takes too long, not when a caller leaves
	tx     *sqlx.Tx
	hand   hand
	stmts  map[string]*sqlx.Stmt // those used so far, on the transaction's connection
	missed map[string]struct{}   // those that were not prepared yet on the pool
	chain  *head                 // the audit chain's end with the events added so far, nil until one is added
}

func (c *committer) begin() (*batch, error) {
	tx, err := c.store.writer.BeginTxx(c.ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	if first := c.store.dialect.begin; first != "" {
		if _, err := tx.ExecContext(c.ctx, first); err != nil {
			return nil, errors.Join(fmt.Errorf("begin: %w", err), tx.Rollback())
		}
	}
	return &batch{store: c.store, ctx: c.ctx, tx: tx, hand: c.hand, stmts: map[string]*sqlx.Stmt{}, missed: map[string]struct{}{}}, nil
}

// run runs one job within a savepoint. The next one's savepoint hides it, and the commit ends them all. The error tells that the
// batch as a whole is lost.
func (b *batch) run(j *job) (result, error) {
	if err := j.ctx.Err(); err != nil { // left in the moment it was called
		return result{err: fmt.Errorf("waiting for the transaction's turn: %w", err)}, nil
	}
	if err := b.exec(`SAVEPOINT caller`); err != nil {
		return result{}, fmt.Errorf("set a savepoint: %w", err)
	}
	chain := b.chain
	tx := &Tx{Now: b.store.Now(), batch: b}
	r := tx.call(j.fn)
	if r.ok() {
		r.err = tx.failed // fn overlooked it; PostgreSQL would not
	}
	if r.ok() {
		r.err = j.ctx.Err() // nobody waits for the answer any longer
	}
	if r.ok() {
		return r, nil
	}
	if r.panicked != nil {
		b.store.logger.Error("panic in a transaction", slog.Any("panic", r.panicked), slog.String("stack", r.stack))
	}
	b.chain = chain
	if err := b.exec(`ROLLBACK TO SAVEPOINT caller`); err != nil {
		return r, fmt.Errorf("roll back to the savepoint: %w", err)
	}
	return r, nil
}

func (b *batch) commit() error {
	if err := b.endChain(); err != nil {
		return errors.Join(err, b.tx.Rollback())
	}
	if err := b.tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", told(err))
	}
	return nil
}

func (b *batch) exec(query string) error {
	stmt, err := b.stmt(query)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(b.ctx)
	return err
}

// stmt returns the statement prepared on the transaction's connection.
func (b *batch) stmt(query string) (*sqlx.Stmt, error) {
	if stmt := b.stmts[query]; stmt != nil {
		return stmt, nil
	}
	var stmt *sqlx.Stmt
	if known := b.store.writer.known(query); known != nil {
		stmt = b.tx.StmtxContext(b.ctx, known)
	} else {
		b.missed[query] = struct{}{}
		var err error
		if stmt, err = b.tx.PreparexContext(b.ctx, b.tx.Rebind(query)); err != nil {
			return nil, fmt.Errorf("prepare: %w", err)
		}
	}
	b.stmts[query] = stmt
	return stmt, nil
}

// Tx is what a function given to InTx writes with. It lives as long as that function and is for one goroutine.
type Tx struct {
	// Now is when the transaction began: everything written in it carries the same time.
	Now time.Time

	batch  *batch
	failed error // the first statement that failed
}

// SQL returns the database transaction, for what must be committed together with the register by others: the job queue.
// Use it with Context, neither commit it nor roll it back.
func (tx *Tx) SQL() *sql.Tx { return tx.batch.tx.Tx }

// Context returns the context to run statements on SQL with. A caller's own context would not do: when it ends in the
// middle of a statement the driver ends the connection or the transaction, and with it those of all who share the commit.
func (tx *Tx) Context() context.Context { return tx.batch.ctx }

// errExited tells that a function given to InTx ended its goroutine, as a test that fails does.
var errExited = errors.New("the transaction's function did not return")

// call runs fn in another goroutine, so that not even runtime.Goexit takes the committer with it.
func (tx *Tx) call(fn func(*Tx) error) (r result) {
	r.err = errExited
	tx.batch.hand.run(func() {
		defer func() {
			if v := recover(); v != nil {
				r = result{panicked: v, stack: string(debug.Stack())}
			}
		}()
		r.err = fn(tx)
	})
	return r
}

// hand runs functions, one after another, in a goroutine that is kept for the next one. A new goroutine for each would have
// to grow its stack each time: SQLite's functions are deep.
type hand struct {
	work  chan func()
	done  chan struct{}
	alive *bool // whether the goroutine is there; passed to and fro with work and done
}

func newHand() hand {
	return hand{work: make(chan func()), done: make(chan struct{}), alive: new(bool)}
}

// run returns when f has returned, or has ended its goroutine.
func (h hand) run(f func()) {
	if !*h.alive {
		*h.alive = true
		go h.loop()
	}
	h.work <- f
	<-h.done
}

func (h hand) loop() {
	dismissed := false
	defer func() {
		if !dismissed {
			*h.alive = false
			h.done <- struct{}{}
		}
	}()
	for f := range h.work {
		f()
		h.done <- struct{}{}
	}
	dismissed = true
}

// close lets the goroutine go. Nothing runs meanwhile or later.
func (h hand) close() { close(h.work) }

// query implements queryer. It heeds ctx between statements and not within them: see Context.
func (tx *Tx) query(ctx context.Context, query string, args []any) (*sqlx.Rows, error) {
	stmt, err := tx.ready(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryxContext(tx.batch.ctx, storableArgs(args)...)
	if err != nil {
		tx.failed = told(err)
		return nil, tx.failed
	}
	return rows, nil
}

// exec runs a statement and returns how many rows it changed.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	stmt, err := tx.ready(ctx, query)
	if err != nil {
		return 0, err
	}
	r, err := stmt.ExecContext(tx.batch.ctx, storableArgs(args)...)
	if err == nil {
		changed, err = r.RowsAffected()
	}
	if err != nil {
		tx.failed = told(err)
		return 0, tx.failed
	}
	return changed, nil
}

func (tx *Tx) ready(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if tx.failed != nil {
		return nil, tx.failed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	stmt, err := tx.batch.stmt(query)
	if err != nil {
		tx.failed = err
	}
	return stmt, err
}
