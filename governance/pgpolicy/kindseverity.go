package pgpolicy

import "slices"

// Severity says how bad a difference is.
type Severity string

// The severities, the worst first.
const (
	Critical Severity = "critical" // data is open to somebody
	High     Severity = "high"     // a protection is missing
	Medium   Severity = "medium"   // a claim cannot be kept, what rules allow is refused, or evidence is missing
	Low      Severity = "low"      // nothing is less safe
)

// Severities returns all severities, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

// Severity returns how bad differences of the kind are; of an unknown kind: Critical.
func (k Kind) Severity() Severity {
	switch {
	case slices.Contains(highKinds(), k):
		return High
	case slices.Contains(mediumKinds(), k):
		return Medium
	case slices.Contains(lowKinds(), k):
		return Low
	}
	return Critical
}

// Kinds returns all kinds, the worst first.
func Kinds() []Kind {
	return slices.Concat(criticalKinds(), highKinds(), mediumKinds(), lowKinds())
}

func criticalKinds() []Kind {
	return []Kind{
		ApplicationSuperuser, ApplicationBypass, ApplicationReplication, ApplicationMemberOfOwner,
		ApplicationMemberOfPrivileged, ApplicationMemberOfAllData, ApplicationMemberOfServerFiles, SettingCaller,
		DatabaseOwner, TableOwnedByApplication, RowSecurityOff, TableGrantPublic, InheritanceParent,
		PartitionRowSecurityOff, ColumnGrantPublic, PolicyFloorMissing, PolicyUnknownPermissive, PolicyUsing,
		PolicyCheck, PolicyRoles, PolicyCommand, PolicyMode, FunctionBody, FunctionOwner, DefinerFunction,
		SystemGrant, ViewDefinition, ViewExposes, MaterializedViewExposes,
	}
}

func highKinds() []Kind {
	return []Kind{
		SettingGrant,
		RoleMissing, ApplicationCreateRole, OwnerSuperuser, OwnerBypass, OwnerMember, OtherSuperuser, OtherBypass,
		OtherReplication, OtherAllData, OtherServerFiles, SettingReplicationRole, SettingSearchPath, LargeObjectsOpen,
		SchemaMissing, SchemaOwner, SchemaCreate, DefaultPrivileges, TableMissing, TableOwner, RowSecurityUnforced,
		TableGrantOther, TableGrantExcess, GrantOption, TableRule, TableUncovered, PartitionUnforced, PartitionGrant,
		PartitionPolicy, PartitionOwner, PartitionForeign, ColumnMissing, ColumnUncovered, ColumnGrantOther,
		ColumnGrantExcess, SubjectIncomparable, FunctionMissing, FunctionSignature, FunctionDefiner, FunctionConfig,
		LeakproofFunction, UntrustedFunction, ExtensionFunction, ViewOptions, ViewOwner, ViewGrantPublic,
		ViewGrantOther, ViewGrantExcess, StandingMissing, StandingShielded, StandingPublic, AuditOwner,
		AuditGrantChange, AuditGrantPublic, AuditTriggerMissing, AuditTriggerDisabled, AuditTriggerCode, AuditRule,
		TriggerCode, EventTriggerCode, Publication, Subscription, ForeignServerGrant, ForeignWrapperGrant,
		LargeObjectGrant,
	}
}

func mediumKinds() []Kind {
	return []Kind{
		StandingUnreadable,
		ApplicationMemberOfPredefined, SettingRowSecurity, DatabaseCreate, SchemaUsageMissing, TableGrantMissing,
		TableComment, SequenceUncovered, ColumnNew, ColumnComment, ColumnGrantMissing, SequenceGrantMissing,
		PolicyMissing, PolicyUnknownRestrictive, FunctionUnknown, FunctionGrantPublic, FunctionGrantMissing,
		ViewMissing, ViewGrantMissing, ViewUnknown, MaterializedViewCopy, AuditUnlogged, TriggerDisabled,
		ConstraintDisabled, UserMapping,
	}
}

func lowKinds() []Kind {
	return []Kind{
		ApplicationCreateDatabase, SchemaUsageExcess, SubjectIndexMissing, SubjectIndexInvalid, FunctionAttributes,
		FunctionGrantOther, FunctionComment, ViewComment,
	}
}
