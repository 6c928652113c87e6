package pgpolicy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// The settings in which the caller is handed to PostgreSQL.
const (
	settingCaller  = "shugo.caller"
	settingRoles   = "shugo.roles"
	settingPurpose = "shugo.purpose"
	settingAction  = "shugo.action"
)

// handSQL sets the caller for the transaction, and no longer: a pooled connection goes on to somebody else.
const handSQL = `SELECT set_config('` + settingCaller + `', $1, true), set_config('` + settingRoles + `', $2, true),
	set_config('` + settingPurpose + `', $3, true), set_config('` + settingAction + `', $4, true)`

// Hand queues on a batch what tells PostgreSQL who calls and what for, as governance.CallerFrom knows it: for all that is
// queued after it, in the same round trip. A batch that is sent outside of a transaction is one by itself, and the caller is
// forgotten at its end. Errors: ErrNoCaller; one for a name that PostgreSQL cannot take, or an action that is none. Then
// nothing is queued.
func Hand(ctx context.Context, b *pgx.Batch, action governance.Action) error {
	args, err := handed(ctx, action)
	if err != nil {
		return err
	}
	b.Queue(handSQL, args...)
	return nil
}

// HandTx is Hand for what follows in a transaction. It costs a round trip. A later one in the same transaction replaces it.
func HandTx(ctx context.Context, tx pgx.Tx, action governance.Action) error {
	args, err := handed(ctx, action)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, handSQL, args...); err != nil {
		return fmt.Errorf("pgpolicy: hand over the caller: %w", err)
	}
	return nil
}

func handed(ctx context.Context, action governance.Action) ([]any, error) {
	caller, known := governance.CallerFrom(ctx)
	if !known {
		return nil, ErrNoCaller
	}
	if !slices.Contains(governance.Actions(), action) {
		return nil, fmt.Errorf("pgpolicy: unknown action %q", action)
	}
	roles := roleArray(caller.Roles)
	for _, text := range []struct{ what, value string }{
		{"caller", string(caller.ID)}, {"roles", roles}, {"purpose", string(caller.Purpose)},
	} {
		if !storable(text.value) {
			return nil, fmt.Errorf("pgpolicy: the %s is not a text that PostgreSQL takes", text.what)
		}
	}
	return []any{string(caller.ID), roles, string(caller.Purpose), string(action)}, nil
}

// roleArray is the text of an array: PostgreSQL manual, section "Array Input and Output Syntax".
func roleArray(roles []string) string {
	quoted := make([]string, len(roles))
	for i, r := range roles {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(r) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}
