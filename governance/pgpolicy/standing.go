package pgpolicy

import "strings"

// standingFunctions ask the standing relation. They run as the owner, so that whoever may see persons' standing in the
// relation itself decides nothing: one who saw less would be refused less.
func (c Config) standingFunctions() []wantFunction {
	if len(c.Standing) == 0 {
		return nil
	}
	const consents = `
BEGIN
    RETURN consents.subject <> '' AND EXISTS (SELECT FROM {relation} s WHERE s.subject = consents.subject
        AND s.purpose = nullif(current_setting('shugo.purpose', true), '') AND s.consented);
END
`
	const held = `
BEGIN
    RETURN EXISTS (SELECT FROM {relation} s WHERE s.subject = held.subject AND s.held);
END
`
	const barred = `
BEGIN
    RETURN QUERY SELECT s.subject FROM {relation} s WHERE s.restricted AND s.subject <> '';
    IF current_setting('shugo.action', true) IN ('delete', 'erase') THEN
        RETURN QUERY SELECT s.subject FROM {relation} s WHERE s.held AND s.subject <> '';
    END IF;
END
`
	ask := func(name, arguments, result, body, comment string) wantFunction {
		f := c.function(name, arguments, result, strings.ReplaceAll(body, "{relation}", qualified(c.Standing...)), comment)
		f.definer = true
		return f
	}
	return []wantFunction{
		ask("barred", "", "SETOF text", barred,
			"Persons whose data nobody else may touch now: restricted, or under a hold while something is deleted."),
		ask("consents", "subject text", "boolean", consents, "Whether a person consents to the caller's purpose."),
		ask("held", "subject text", "boolean", held, "Whether a legal hold is on a person's data."),
	}
}
