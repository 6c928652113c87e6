package governance

// The stores, roles and purposes of the tutor's manifest.
const (
	PostgreSQL = "postgresql" // store: relational tables and their vectors
	Neo4j      = "neo4j"      // store: the knowledge graph

	RoleLearner = "learner" // learns, and owns conversations
	RoleAnalyst = "analyst" // studies how learning goes, without seeing who says what
	RoleSupport = "support" // helps a learner who asks
	RoleEditor  = "editor"  // keeps lessons and generated explanations
	RoleAdmin   = "admin"   // answers for the whole

	PurposeTutoring       Purpose = "tutoring"
	PurposeAnalytics      Purpose = "analytics"
	PurposeSupport        Purpose = "support"
	PurposeAdministration Purpose = "administration"
)

// Tutor returns the manifest of an AI tutor for Japanese: seven categories with their duties, the tables and labels of
// its backend, and rules for its five roles. Each call returns a new value; a host changes what differs, for example with
// WithClass, and adds its own.
func Tutor() Manifest {
	return Manifest{Classes: tutorClasses(), Datasets: tutorDatasets(), Rules: tutorRules()}
}

func tutorClasses() []Class {
	return []Class{
		{
			Category: UserData, Classification: "PII", Personal: true, Keep: Period{Years: 7},
			BackupEvery: Daily, Encryption: AES256, Access: "restricted", Store: PostgreSQL,
		},
		{
			Category: ConversationData, Classification: "sensitive PII", Personal: true, Keep: Period{Years: 3},
			BackupEvery: Continuous, Encryption: AES256, Access: "user_restricted", Store: PostgreSQL, Anonymize: true,
		},
		{
			Category: LearningAnalytics, Classification: "behavioural", Personal: true, Keep: Period{Years: 2},
			BackupEvery: Hourly, Encryption: AES128, Access: "analytics_team", Store: PostgreSQL,
		},
		{
			Category: LearningContent, Classification: "business critical",
			BackupEvery: Hourly, Encryption: AES256, Access: "internal", Store: Neo4j,
		},
		{
			Category: AIGeneratedContent, Classification: "business", Keep: Period{Years: 5},
			BackupEvery: Daily, Encryption: AES128, Access: "internal", Store: Neo4j,
		},
		{
			Category: AnalyticsData, Classification: "operational", Keep: Period{Years: 2},
			BackupEvery: Weekly, Encryption: AES128, Access: "analytics_team",
		},
		{
			Category: LegacyMigrationData, Classification: "historical",
			BackupEvery: Monthly, Encryption: AES256, Access: "admin_only",
		},
	}
}

func tutorDatasets() []Dataset {
	table := func(name string, c Category, subject string, fields ...Field) Dataset {
		return Dataset{Store: PostgreSQL, Name: name, Category: c, Subject: subject, Fields: fields}
	}
	label := func(name string, c Category) Dataset { return Dataset{Store: Neo4j, Name: name, Category: c} }
	return []Dataset{
		table("users", UserData, "id"),
		table("conversation_sessions", ConversationData, "user_id",
			Field{Name: "session_summary_embedding", DerivedFrom: "session_summary"}),
		table("conversation_messages", ConversationData, "user_id",
			Field{Name: "content_embedding", DerivedFrom: "content"}),
		table("conversation_interactions", ConversationData, "user_id"),
		table("conversation_analytics", AnalyticsData, ""),
		table("user_learning_progress", LearningAnalytics, "user_id"),
		label("Kanji", LearningContent),
		label("Word", LearningContent),
		label("Reading", LearningContent),
		label("GrammarPoint", LearningContent),
		label("Lesson", LearningContent),
		label("Explanation", AIGeneratedContent),
	}
}

func tutorRules() []Rule {
	personal := []Category{UserData, ConversationData, LearningAnalytics}
	content := []Category{LearningContent, AIGeneratedContent}
	return []Rule{
		{
			Name: "learners-have-their-own-data", Roles: []string{RoleLearner},
			Categories: personal, Actions: []Action{Read, Export, Delete, Erase}, Own: true,
		},
		{
			Name: "learners-keep-their-account", Roles: []string{RoleLearner},
			Categories: []Category{UserData}, Actions: []Action{Create, Update}, Own: true,
		},
		{
			Name: "learners-talk-with-consent", Roles: []string{RoleLearner},
			Categories: []Category{ConversationData, LearningAnalytics}, Actions: []Action{Create, Update},
			Purposes: []Purpose{PurposeTutoring}, Own: true, Consent: true,
		},
		{
			Name: "learners-read-lessons", Roles: []string{RoleLearner},
			Categories: content, Actions: []Action{Read},
		},
		{
			Name: "analysts-read-figures", Roles: []string{RoleAnalyst},
			Categories: []Category{LearningAnalytics, AnalyticsData}, Actions: []Action{Read},
			Purposes: []Purpose{PurposeAnalytics}, Mask: []string{"user_id"},
		},
		{
			Name: "analysts-read-masked-talk", Roles: []string{RoleAnalyst},
			Categories: []Category{ConversationData}, Actions: []Action{Read}, Purposes: []Purpose{PurposeAnalytics},
			Mask: []string{"user_id", "content", "content_embedding", "session_summary", "session_summary_embedding"},
		},
		{
			Name: "analysts-take-nothing-out", Deny: true, Roles: []string{RoleAnalyst},
			Categories: personal, Actions: []Action{Export},
		},
		{
			Name: "support-sees-accounts", Roles: []string{RoleSupport},
			Categories: []Category{UserData}, Actions: []Action{Read}, Purposes: []Purpose{PurposeSupport},
			Mask: []string{"email"},
		},
		{
			Name: "editors-keep-content", Roles: []string{RoleEditor},
			Categories: content, Actions: []Action{Create, Read, Update, Delete},
		},
		{
			Name: "admins-administer", Roles: []string{RoleAdmin},
			Categories: append(append([]Category{AnalyticsData, LegacyMigrationData}, personal...), content...),
			Actions:    []Action{Read, Export, Delete, Erase, Restore}, Purposes: []Purpose{PurposeAdministration},
		},
	}
}
