package pgcatalog

import "strings"

// source reads the objects of one catalog.
type source struct {
	class string // the catalog
	sql   string // its columns are the fields of node, by their names in JSON
}

// sources returns what reads the objects of a server of a version. Only a superuser can read subscriptions. Their order is that in which objects are made which do not
// depend on one another.
func sources(version int, superuser bool) []source {
	tables := publishedTablesSQL
	if version >= 150000 {
		tables = strings.NewReplacer("/*columns*/", publishedColumnsSQL, "/*rows*/", publishedRowsSQL).Replace(tables)
	}
	all := []source{
		{"pg_namespace", schemasSQL}, {"pg_extension", extensionsSQL}, {"pg_am", accessMethodsSQL}, {"pg_language", languagesSQL},
		{"pg_collation", collationsSQL}, {"pg_type", typesSQL}, {"pg_constraint", domainChecksSQL}, {"pg_proc", functionsSQL},
		{"pg_proc", aggregatesSQL}, {"pg_operator", operatorsSQL}, {"pg_opfamily", familiesSQL}, {"pg_opclass", classesSQL},
		{"pg_cast", castsSQL}, {"pg_transform", transformsSQL}, {"pg_conversion", conversionsSQL}, {"pg_ts_parser", parsersSQL},
		{"pg_ts_template", templatesSQL}, {"pg_ts_dict", dictionariesSQL}, {"pg_ts_config", configurationsSQL},
		{"pg_foreign_data_wrapper", wrappersSQL}, {"pg_foreign_server", serversSQL}, {"pg_user_mapping", mappingsSQL},
		{"pg_class", tablesSQL}, {"pg_class", sequencesSQL}, {"pg_attrdef", defaultsSQL}, {"pg_constraint", checksSQL}, {"pg_class", viewsSQL},
		{"pg_largeobject", largeObjectsSQL},
		{"pg_constraint", nonnullsSQL}, {"pg_statistic_ext", statisticsSQL}, {"pg_constraint", keysSQL}, {"pg_class", indexesSQL},
		{"pg_constraint", foreignKeysSQL}, {"pg_rewrite", rulesSQL}, {"pg_trigger", triggersSQL}, {"pg_policy", policiesSQL},
		{"pg_publication", publicationsSQL}, {"pg_publication_rel", tables},
	}
	if version >= 150000 {
		all = append(all, source{"pg_publication_namespace", publishedSchemasSQL})
	}
	if superuser {
		all = append(all, source{"pg_subscription", subscriptionsSQL})
	}
	return append(all, source{"pg_default_acl", defaultPrivilegesSQL}, source{"pg_event_trigger", eventTriggersSQL})
}

// largeObjectsSQL makes large objects without their content, which is data.
const largeObjectsSQL = `SELECT l.oid::int8, l.lomowner::int8 AS owner, l.oid::text AS name, 'before data' AS section,
	ARRAY[format('SELECT pg_catalog.lo_create(%s)', l.oid)] AS statements
FROM pg_largeobject_metadata AS l`
