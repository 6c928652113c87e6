// Package monitor assesses the quality of data on a schedule, keeps the reports, and tells somebody when something is wrong, and when
// it is right again. The schedule, the history and what is to be told are kept in PostgreSQL, so that a deploy loses no run and no
// alert, and any number of replicas may run the same monitor.
//
//	err := monitor.Migrate(ctx, pool, "")
//	m, err := monitor.New(monitor.Config{
//		Pool: pool,
//		Assessments: []monitor.Assessment{{
//			Name:  "conversation_messages",
//			Every: time.Hour,
//			Assess: func(ctx context.Context, progress func(quality.Progress)) (quality.Report, error) {
//				return assess(ctx, progress) // by any adapter: pgquality, neoquality, quality.Assess
//			},
//		}},
//		Breach: func(ctx context.Context, b quality.Breach) error { return alert(ctx, b.Severity, b.Text, b.Resolved) },
//	})
//	err = m.Run(ctx)
//
// A host with a scheduler of its own calls RunOnce instead of Run.
//
// # What is promised
//
// Each due time has at most one report. Due times are a grid, Every apart, that does not drift; those that were missed, while no
// replica ran or a run took long, are made up for by one run. A run that failed stays due and is tried again after Config.Retry. All
// times are those of the database: clocks of hosts do not matter, and may be wrong.
//
// Two replicas do not run one assessment at the same time. Whoever runs it has a lease in its row, which it renews; the row also has a
// number, which only rises, and without the last number nothing can be stored. A process that is gone is taken over when its lease has
// run out: at once, when that happens for the first time, otherwise after Config.Retry, so that an assessment that takes its process
// with it does not do so without pause. A process that was merely cut off from the database ends its run when the lease has run out by
// its own monotonic clock. One that was stopped altogether (SIGSTOP, a virtual machine that was suspended) may find out late, and
// assess beside another for a moment; it stores nothing.
//
// A run is stored in one transaction: report, breaches that are open, breaches to tell, next due time. There is no other transaction:
// none is open during an assessment, which would hold back VACUUM, and no session state is used, so that PgBouncer may be between.
// The monitor needs a connection of the pool for moments, a third of the lease apart.
//
// # Breaches
//
// [quality.Breaches] says what is one, given the last reports, and [quality.Settle] what is to be told: a breach that is new, that
// changed its severity or verdict, or that is resolved. Each is told once, not at every run. What is to be told is stored with the
// report, and forgotten when Config.Breach has returned without an error: at least once, that is, since a process may die in between.
// Told again, a breach has the same Number. A call that fails is repeated after a second, then after twice as long each time, up to five
// minutes, and after the next run of the assessment; breaches of other things are not held up by it.
//
// After Config.FailAfter runs in a row without a report there is a breach quality.BreachFailed. Of an error only its class is stored and
// told, such as its SQLSTATE: its text may quote data.
//
// # Rights
//
// Migrate needs a role that may create a schema. A Monitor needs USAGE of the schema; SELECT, INSERT and UPDATE of quality_assessment;
// SELECT, INSERT and DELETE of quality_run; SELECT, INSERT, UPDATE and DELETE of quality_notice. Latest, History and Open need SELECT.
//
// # Limits
//
// Every is a duration: times of the calendar, such as three in the morning by local time, need a scheduler that calls RunOnce. An
// assessment that is taken out of the configuration keeps its history, and its open breaches are not resolved; put in again under its
// name it goes on. When the clock of the database is set back, what had become due later than Every from then waits for the next start of
// Run, and a process that dies just then is taken over only when its lease has run out by that clock. Seasons are not known to the rules of breaches.
//
// # Errors
//
//	ErrNotMigrated  the tables are not there
//	ErrRights       the role may not do what the monitor must
//	ErrBusy         RunOnce: it is running elsewhere
//	ErrLost         RunOnce: the lease ran out, nothing was stored
//	ErrFailed       RunOnce: the assessment gave no report
//	ErrUnknown      RunOnce: no assessment has this name
//	ErrNoReport     Latest: there is none yet
package monitor
