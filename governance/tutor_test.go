package governance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// TestTutorClasses asserts the table of duties value by value.
func TestTutorClasses(t *testing.T) {
	t.Parallel()
	years := func(n int) governance.Period { return governance.Period{Years: n} }
	want := []governance.Class{
		{Category: "user_data", Classification: "PII", Personal: true, Keep: years(7), BackupEvery: "daily",
			Encryption: "AES-256", Access: "restricted", Store: "postgresql"},
		{Category: "conversation_data", Classification: "sensitive PII", Personal: true, Keep: years(3),
			BackupEvery: "continuous", Encryption: "AES-256", Access: "user_restricted", Store: "postgresql", Anonymize: true},
		{Category: "learning_analytics", Classification: "behavioural", Personal: true, Keep: years(2),
			BackupEvery: "hourly", Encryption: "AES-128", Access: "analytics_team", Store: "postgresql"},
		{Category: "learning_content", Classification: "business critical", BackupEvery: "hourly",
			Encryption: "AES-256", Access: "internal", Store: "neo4j"},
		{Category: "ai_generated_content", Classification: "business", Keep: years(5), BackupEvery: "daily",
			Encryption: "AES-128", Access: "internal", Store: "neo4j"},
		{Category: "analytics_data", Classification: "operational", Keep: years(2), BackupEvery: "weekly",
			Encryption: "AES-128", Access: "analytics_team"},
		{Category: "legacy_migration_data", Classification: "historical", BackupEvery: "monthly",
			Encryption: "AES-256", Access: "admin_only"},
	}
	if diff := cmp.Diff(want, governance.Tutor().Classes); diff != "" {
		t.Errorf("classes differ (-want +got):\n%s", diff)
	}
}

func TestTutorIsValid(t *testing.T) {
	t.Parallel()
	if err := governance.Tutor().Check(); err != nil {
		t.Fatal(err)
	}
}

// TestTutorTablesOfTheBackend wants every table of the backend to have a category, and every text its vector.
func TestTutorTablesOfTheBackend(t *testing.T) {
	t.Parallel()
	derived := map[string]string{}
	category := map[string]governance.Category{}
	for _, d := range governance.Tutor().Datasets {
		category[d.Store+"."+d.Name] = d.Category
		for _, f := range d.Fields {
			if f.DerivedFrom != "" {
				derived[d.Name+"."+f.Name] = f.DerivedFrom
			}
		}
	}
	wantCategory := map[string]governance.Category{
		"postgresql.users":                     "user_data",
		"postgresql.conversation_sessions":     "conversation_data",
		"postgresql.conversation_messages":     "conversation_data",
		"postgresql.conversation_interactions": "conversation_data",
		"postgresql.conversation_analytics":    "analytics_data",
		"postgresql.user_learning_progress":    "learning_analytics",
		"neo4j.Kanji":                          "learning_content",
		"neo4j.Word":                           "learning_content",
		"neo4j.Reading":                        "learning_content",
		"neo4j.GrammarPoint":                   "learning_content",
		"neo4j.Lesson":                         "learning_content",
		"neo4j.Explanation":                    "ai_generated_content",
	}
	if diff := cmp.Diff(wantCategory, category); diff != "" {
		t.Errorf("datasets differ (-want +got):\n%s", diff)
	}
	wantDerived := map[string]string{
		"conversation_sessions.session_summary_embedding": "session_summary",
		"conversation_messages.content_embedding":         "content",
	}
	if diff := cmp.Diff(wantDerived, derived); diff != "" {
		t.Errorf("derived fields differ (-want +got):\n%s", diff)
	}
}

// TestTutorKeepsPersonsApart wants that nobody but an administrator reads, exports or changes another person's data in
// the clear.
func TestTutorKeepsPersonsApart(t *testing.T) {
	t.Parallel()
	g, _ := guard(t, func(c *governance.Config) {
		c.Manifest = governance.Tutor()
		c.Register = consents(governance.Standing{Consented: true})
	})
	purposes := []governance.Purpose{"", governance.PurposeTutoring, governance.PurposeAnalytics,
		governance.PurposeSupport, governance.PurposeAdministration}
	roles := []string{governance.RoleLearner, governance.RoleAnalyst, governance.RoleSupport, governance.RoleEditor}
	allowed := map[string]bool{}
	for _, category := range []governance.Category{
		governance.UserData, governance.ConversationData, governance.LearningAnalytics,
	} {
		for _, action := range governance.Actions() {
			for _, purpose := range purposes {
				for _, role := range roles {
					d := g.Decide(as("ann", purpose, role),
						governance.Question{Category: category, Action: action, Subject: "bob"})
					if d.Allowed && len(d.Mask) == 0 {
						t.Errorf("%s may %s %s of others for %q in the clear", role, action, category, purpose)
					}
					if d.Allowed {
						allowed[role+" "+string(action)+" "+string(category)] = true
					}
				}
			}
		}
	}
	want := map[string]bool{
		"analyst read conversation_data": true, "analyst read learning_analytics": true, "support read user_data": true,
	}
	if diff := cmp.Diff(want, allowed); diff != "" {
		t.Errorf("what is allowed with masks differs (-want +got):\n%s", diff)
	}
}
