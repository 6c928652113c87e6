package pgpolicy

// Kind names what is different, in the same words for ever: monitors and runbooks may rely on it.
type Kind string

// Roles.
const (
	// RoleMissing: the owner or the application is no role of the server. Nothing else is compared then.
	RoleMissing Kind = "role_missing"
	// ApplicationSuperuser: the application is a superuser, whom nothing binds.
	ApplicationSuperuser Kind = "application_superuser"
	// ApplicationBypass: the application has BYPASSRLS: policies do not bind it.
	ApplicationBypass Kind = "application_bypass"
	// ApplicationReplication: the application has REPLICATION: it may copy the whole server.
	ApplicationReplication Kind = "application_replication"
	// ApplicationCreateRole: the application has CREATEROLE: it may give itself rights by way of other roles.
	ApplicationCreateRole Kind = "application_create_role"
	// ApplicationCreateDatabase: the application has CREATEDB, which it does not need.
	ApplicationCreateDatabase Kind = "application_create_database"
	// ApplicationMemberOfOwner: the application may act as the owner, who may change every policy.
	ApplicationMemberOfOwner Kind = "application_member_of_owner"
	// ApplicationMemberOfPrivileged: the application may act as a role that is a superuser, or has BYPASSRLS,
	// REPLICATION or CREATEROLE.
	ApplicationMemberOfPrivileged Kind = "application_member_of_privileged"
	// ApplicationMemberOfAllData: the application is a member of pg_read_all_data or pg_write_all_data.
	ApplicationMemberOfAllData Kind = "application_member_of_all_data"
	// ApplicationMemberOfServerFiles: the application is a member of pg_read_server_files, pg_write_server_files or
	// pg_execute_server_program: it reaches the files that tables are made of.
	ApplicationMemberOfServerFiles Kind = "application_member_of_server_files"
	// ApplicationMemberOfPredefined: the application is a member of another predefined role, such as pg_monitor, which
	// sees others' statements.
	ApplicationMemberOfPredefined Kind = "application_member_of_predefined"
	// OwnerSuperuser: the owner is a superuser: masking views and functions that run with its rights are bound by no
	// policy.
	OwnerSuperuser Kind = "owner_superuser"
	// OwnerBypass: the owner has BYPASSRLS: as for a superuser, no policy binds what runs with its rights.
	OwnerBypass Kind = "owner_bypass"
	// OwnerMember: a role that is not trusted may act as the owner.
	OwnerMember Kind = "owner_member"
	// OtherSuperuser: a role that is not trusted is a superuser.
	OtherSuperuser Kind = "other_superuser"
	// OtherBypass: a role that is not trusted has BYPASSRLS.
	OtherBypass Kind = "other_bypass"
	// OtherReplication: a role that is not trusted has REPLICATION.
	OtherReplication Kind = "other_replication"
	// OtherAllData: a role that is not trusted is a member of pg_read_all_data or pg_write_all_data.
	OtherAllData Kind = "other_all_data"
	// OtherServerFiles: a role that is not trusted is a member of pg_read_server_files, pg_write_server_files or
	// pg_execute_server_program.
	OtherServerFiles Kind = "other_server_files"
)

// Settings of roles and databases.
const (
	// SettingCaller: a session begins with a caller, roles, a purpose or an action that nobody has handed over.
	SettingCaller Kind = "setting_caller"
	// SettingReplicationRole: sessions begin with session_replication_role replica, so that triggers and foreign keys do
	// nothing.
	SettingReplicationRole Kind = "setting_replication_role"
	// SettingSearchPath: sessions look for objects in other schemas before pg_catalog.
	SettingSearchPath Kind = "setting_search_path"
	// SettingRowSecurity: sessions begin with row_security off: queries on governed tables fail.
	SettingRowSecurity Kind = "setting_row_security"
	// SettingGrant: the application may change a setting that is a superuser's, such as session_replication_role. What
	// everybody may change so is not seen.
	SettingGrant Kind = "setting_grant"
	// LargeObjectsOpen: lo_compat_privileges is on: everybody reaches every large object.
	LargeObjectsOpen Kind = "large_objects_open"
)

// Databases and schemas.
const (
	// DatabaseOwner: the application owns the database: it may drop it, and owns its schema public.
	DatabaseOwner Kind = "database_owner"
	// DatabaseCreate: the application, or everybody, may make schemas in the database.
	DatabaseCreate Kind = "database_create"
	// SchemaMissing: the schema of functions and masking views is missing.
	SchemaMissing Kind = "schema_missing"
	// SchemaOwner: a schema belongs to a role that may take what is in it for its own.
	SchemaOwner Kind = "schema_owner"
	// SchemaCreate: somebody may make objects that stand in the place of others.
	SchemaCreate Kind = "schema_create"
	// SchemaUsageMissing: the application finds nothing in a schema that it needs.
	SchemaUsageMissing Kind = "schema_usage_missing"
	// SchemaUsageExcess: somebody else may use the schema of functions and masking views.
	SchemaUsageExcess Kind = "schema_usage_excess"
	// DefaultPrivileges: a table, view, sequence or function that is made later will be open to somebody at once.
	DefaultPrivileges Kind = "default_privileges"
)

// Tables and partitions.
const (
	// TableMissing: a dataset of the manifest has no table.
	TableMissing Kind = "table_missing"
	// TableOwner: a governed table belongs to somebody else, who may change its policies.
	TableOwner Kind = "table_owner"
	// TableOwnedByApplication: a table of a governed schema belongs to the application, which may change its policies.
	TableOwnedByApplication Kind = "table_owned_by_application"
	// RowSecurityOff: row security of a governed table is off: its policies do nothing.
	RowSecurityOff Kind = "row_security_off"
	// RowSecurityUnforced: row security does not bind the table's owner, nor what reads with the owner's rights.
	RowSecurityUnforced Kind = "row_security_unforced"
	// TableGrantPublic: everybody has a right on a governed table.
	TableGrantPublic Kind = "table_grant_public"
	// TableGrantOther: a role that is not trusted has a right on a governed table.
	TableGrantOther Kind = "table_grant_other"
	// TableGrantExcess: the application has a right on a governed table that no rule gives it. TRUNCATE, TRIGGER and
	// REFERENCES go around row security.
	TableGrantExcess Kind = "table_grant_excess"
	// TableGrantMissing: the application lacks a right on a governed table that rules give it.
	TableGrantMissing Kind = "table_grant_missing"
	// GrantOption: somebody may hand on a right on what is governed.
	GrantOption Kind = "grant_option"
	// TableComment: the comment of a governed table does not say its category.
	TableComment Kind = "table_comment"
	// TableRule: a rewrite rule changes what statements on a governed table do.
	TableRule Kind = "table_rule"
	// TableUncovered: a table of a governed schema, or one that inherits from a governed table, has no category, and
	// somebody reaches it.
	TableUncovered Kind = "table_uncovered"
	// SequenceUncovered: somebody has a right on a sequence of a governed schema that no rule gives.
	SequenceUncovered Kind = "sequence_uncovered"
	// InheritanceParent: a governed table is a partition or child of a table that is not governed, through which it is
	// read without its policies.
	InheritanceParent Kind = "inheritance_parent"
	// PartitionRowSecurityOff: row security of a partition is off: who names the partition is bound by no policy.
	PartitionRowSecurityOff Kind = "partition_row_security_off"
	// PartitionUnforced: row security does not bind the owner of a partition.
	PartitionUnforced Kind = "partition_unforced"
	// PartitionGrant: somebody has a right on a partition, which is reached through its table alone.
	PartitionGrant Kind = "partition_grant"
	// PartitionPolicy: a partition has a policy: it opens what is reached through its table alone.
	PartitionPolicy Kind = "partition_policy"
	// PartitionOwner: a partition belongs to somebody else than its table.
	PartitionOwner Kind = "partition_owner"
	// PartitionForeign: a partition is a foreign table, which has no row security.
	PartitionForeign Kind = "partition_foreign"
)

// Columns.
const (
	// ColumnMissing: a column that the manifest names is missing.
	ColumnMissing Kind = "column_missing"
	// ColumnNew: a column was added after the manifest was applied; it is beyond reach, and its category is not in the
	// catalog.
	ColumnNew Kind = "column_new"
	// ColumnUncovered: a column has no category, and somebody reaches it.
	ColumnUncovered Kind = "column_uncovered"
	// ColumnComment: the comment of a column does not say its category.
	ColumnComment Kind = "column_comment"
	// ColumnGrantPublic: everybody has a right on a column of a governed table.
	ColumnGrantPublic Kind = "column_grant_public"
	// ColumnGrantOther: a role that is not trusted has a right on a column of a governed table.
	ColumnGrantOther Kind = "column_grant_other"
	// ColumnGrantExcess: the application has a right on a column that no rule gives it.
	ColumnGrantExcess Kind = "column_grant_excess"
	// ColumnGrantMissing: the application lacks a right on a column that rules give it.
	ColumnGrantMissing Kind = "column_grant_missing"
	// SequenceGrantMissing: the application may insert and may not draw the number that a column needs.
	SequenceGrantMissing Kind = "sequence_grant_missing"
	// SubjectIncomparable: a subject column is of a type or collation under which different persons could be equal.
	SubjectIncomparable Kind = "subject_incomparable"
	// SubjectIndexMissing: no index begins with the subject column: a caller's own records are found by reading all.
	SubjectIndexMissing Kind = "subject_index_missing"
	// SubjectIndexInvalid: the only index that begins with the subject column is invalid.
	SubjectIndexInvalid Kind = "subject_index_invalid"
)

// Policies.
const (
	// PolicyFloorMissing: the restrictive policy that refuses everybody without a known caller is missing.
	PolicyFloorMissing Kind = "policy_floor_missing"
	// PolicyMissing: a policy is missing: what rules allow is refused.
	PolicyMissing Kind = "policy_missing"
	// PolicyUnknownPermissive: a policy that no rule asks for lets rows through.
	PolicyUnknownPermissive Kind = "policy_unknown_permissive"
	// PolicyUnknownRestrictive: a policy that no rule asks for hides rows, from erasure and export too.
	PolicyUnknownRestrictive Kind = "policy_unknown_restrictive"
	// PolicyUsing: a policy lets through other rows than the rules do.
	PolicyUsing Kind = "policy_using"
	// PolicyCheck: a policy lets other rows be written than the rules do.
	PolicyCheck Kind = "policy_check"
	// PolicyRoles: a policy is for other roles.
	PolicyRoles Kind = "policy_roles"
	// PolicyCommand: a policy is for another command.
	PolicyCommand Kind = "policy_command"
	// PolicyMode: a policy is permissive instead of restrictive, or the other way round.
	PolicyMode Kind = "policy_mode"
)

// Functions.
const (
	// FunctionMissing: a function that policies ask is missing.
	FunctionMissing Kind = "function_missing"
	// FunctionBody: a function that policies ask has another body.
	FunctionBody Kind = "function_body"
	// FunctionSignature: a function that policies ask has other names of arguments, another result or another language.
	FunctionSignature Kind = "function_signature"
	// FunctionOwner: somebody else owns a function that policies ask, and may replace it.
	FunctionOwner Kind = "function_owner"
	// FunctionDefiner: a function that policies ask runs with other rights.
	FunctionDefiner Kind = "function_definer"
	// FunctionConfig: a function that policies ask has another search path, or other settings.
	FunctionConfig Kind = "function_config"
	// FunctionAttributes: a function that policies ask has another volatility, parallel safety or strictness.
	FunctionAttributes Kind = "function_attributes"
	// FunctionUnknown: the schema of functions and masking views has a function that no policy asks.
	FunctionUnknown Kind = "function_unknown"
	// FunctionGrantPublic: everybody may execute a function that policies ask.
	FunctionGrantPublic Kind = "function_grant_public"
	// FunctionGrantOther: a role that is not trusted may execute a function that policies ask.
	FunctionGrantOther Kind = "function_grant_other"
	// FunctionGrantMissing: the application may not execute a function that policies ask: they refuse everything.
	FunctionGrantMissing Kind = "function_grant_missing"
	// FunctionComment: a function that policies ask does not say what it is.
	FunctionComment Kind = "function_comment"
	// LeakproofFunction: a function is called leakproof, so that it sees rows before policies and masking views have
	// hidden them.
	LeakproofFunction Kind = "leakproof_function"
	// DefinerFunction: a function that the application may execute runs with the rights of somebody who reaches governed
	// tables otherwise.
	DefinerFunction Kind = "definer_function"
	// UntrustedFunction: the application may execute code in a language that is not trusted, outside of extensions.
	UntrustedFunction Kind = "untrusted_function"
	// ExtensionFunction: the application may execute functions of an extension that reach files, pages or other servers.
	ExtensionFunction Kind = "extension_function"
	// SystemGrant: the application, or everybody, has a right on a function or table of PostgreSQL that it did not come
	// with.
	SystemGrant Kind = "system_grant"
)

// Views.
const (
	// ViewMissing: a masking view is missing.
	ViewMissing Kind = "view_missing"
	// ViewDefinition: a masking view shows something else.
	ViewDefinition Kind = "view_definition"
	// ViewOptions: a masking view has other options: without security_barrier, functions in a query see masked values.
	ViewOptions Kind = "view_options"
	// ViewOwner: a masking view belongs to somebody else, and reads with other rights.
	ViewOwner Kind = "view_owner"
	// ViewGrantPublic: everybody has a right on a masking view.
	ViewGrantPublic Kind = "view_grant_public"
	// ViewGrantOther: a role that is not trusted has a right on a masking view.
	ViewGrantOther Kind = "view_grant_other"
	// ViewGrantExcess: the application may do more with a masking view than read.
	ViewGrantExcess Kind = "view_grant_excess"
	// ViewGrantMissing: the application may not read a masking view.
	ViewGrantMissing Kind = "view_grant_missing"
	// ViewComment: a masking view does not say what it is.
	ViewComment Kind = "view_comment"
	// ViewUnknown: the schema of functions and masking views has a relation that no dataset asks for.
	ViewUnknown Kind = "view_unknown"
	// ViewExposes: a view that reads governed tables with its owner's rights is open to somebody.
	ViewExposes Kind = "view_exposes"
	// MaterializedViewExposes: a copy of governed rows is open to somebody: a materialised view has no row security.
	MaterializedViewExposes Kind = "materialized_view_exposes"
	// MaterializedViewCopy: a materialised view keeps governed rows that no dataset declares: an erasure leaves them.
	MaterializedViewCopy Kind = "materialized_view_copy"
)

// The standing relation.
const (
	// StandingMissing: the standing relation, or a column of it, is missing.
	StandingMissing Kind = "standing_missing"
	// StandingShielded: row security could hide persons in the standing relation from the owner, who would then be
	// neither restricted nor held.
	StandingShielded Kind = "standing_shielded"
	// StandingUnreadable: the owner cannot read the standing relation: what asks it fails.
	StandingUnreadable Kind = "standing_unreadable"
	// StandingPublic: everybody has a right on the standing relation, which decides about persons.
	StandingPublic Kind = "standing_public"
)

// The audit trail.
const (
	// AuditOwner: a table of the audit trail belongs to the application, which may change it at will.
	AuditOwner Kind = "audit_owner"
	// AuditGrantChange: somebody may change, remove or redirect records of the audit trail.
	AuditGrantChange Kind = "audit_grant_change"
	// AuditGrantPublic: everybody has a right on the audit trail.
	AuditGrantPublic Kind = "audit_grant_public"
	// AuditTriggerMissing: no trigger keeps a table of events append only.
	AuditTriggerMissing Kind = "audit_trigger_missing"
	// AuditTriggerDisabled: a trigger of the audit trail does not fire always.
	AuditTriggerDisabled Kind = "audit_trigger_disabled"
	// AuditTriggerCode: somebody else owns the function of a trigger of the audit trail, and may replace it.
	AuditTriggerCode Kind = "audit_trigger_code"
	// AuditRule: a rewrite rule changes what statements on the audit trail do.
	AuditRule Kind = "audit_rule"
	// AuditUnlogged: a table of the audit trail is unlogged: a crash empties it.
	AuditUnlogged Kind = "audit_unlogged"
)

// Triggers.
const (
	// TriggerDisabled: a trigger of a governed table does not fire.
	TriggerDisabled Kind = "trigger_disabled"
	// ConstraintDisabled: foreign keys of a governed table are not checked.
	ConstraintDisabled Kind = "constraint_disabled"
	// TriggerCode: somebody else owns the function of a trigger of a governed table, and decides what writers run.
	TriggerCode Kind = "trigger_code"
	// EventTriggerCode: somebody who is no superuser owns the function of an event trigger, and decides what superusers
	// run.
	EventTriggerCode Kind = "event_trigger_code"
)

// Ways out of the database.
const (
	// Publication: logical replication publishes a governed table, without policies.
	Publication Kind = "publication"
	// Subscription: logical replication writes into a governed table, without policies.
	Subscription Kind = "subscription"
	// ForeignServerGrant: the application, or everybody, may use a foreign server.
	ForeignServerGrant Kind = "foreign_server_grant"
	// ForeignWrapperGrant: the application, or everybody, may define foreign servers.
	ForeignWrapperGrant Kind = "foreign_wrapper_grant"
	// UserMapping: the application, or everybody, has an account on a foreign server.
	UserMapping Kind = "user_mapping"
	// LargeObjectGrant: the application, or everybody, has a right on a large object, which has no category.
	LargeObjectGrant Kind = "large_object_grant"
)
