/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zone - the machine-readable lines of a passport, a card or a visa, typed
 * where no reader reads them. Pure. The digits are checked as soon as the
 * second line is there: a wrong one is put right while the page is open.
 */
#include "parts.h"

#include <string.h>

static const struct field_info lines[] = {
	{ "line1", N_("First line"), FIELD_ZONE, true, false, NULL },
	{ "line2", N_("Second line"), FIELD_ZONE, true, false, NULL },
	{ "line3", N_("Third line"), FIELD_ZONE, false, false, NULL },
};

void
zone_open(struct fields *fields)
{
	fields_open(fields, N_("Passport or card: the lines with <<<"), lines,
	    nitems(lines), COMPOSE_OFF);
}

static enum form_result
take(struct fields *fields, struct session *s, const char *text,
    const struct moment *m)
{
	struct credential_context context = {
		.has_now = m->clock != CLOCK_UNCONFIRMED, .now = m->wall };
	struct credential c;

	credential_decode((const unsigned char *)text, strlen(text), &context,
	    &c);
	if (c.kind == CREDENTIAL_ERROR)
		return fields_refuse(fields, "line2", _(c.error));
	session_scan(s, (const unsigned char *)text, strlen(text), SCAN_TYPED,
	    m);
	return FORM_DONE;
}

/* The second line or the third was left with Enter. */
static enum form_result
look(struct fields *fields, struct session *s, bool last,
    const struct moment *m)
{
	const char *typed[CREDENTIAL_ZONE_LINES];
	struct credential_zone zone;
	const char *words;
	bool third;

	for (size_t i = 0; i < CREDENTIAL_ZONE_LINES; i++)
		typed[i] = fields_value(fields, lines[i].name);
	third = typed[2][0] != '\0';
	words = credential_zone_check(typed, &zone);
	if (words != NULL)
		return fields_refuse(fields, lines[zone.wrong].name, _(words));
	if (zone.lines < CREDENTIAL_ZONE_LINES && third)
		return fields_refuse(fields, lines[2].name,
		    _("A document of this kind has two lines"));
	if (zone.lines == CREDENTIAL_ZONE_LINES && !third)
		return !last ? FORM_EDITING : fields_refuse(fields,
		    lines[2].name, _("This one is needed"));
	return take(fields, s, zone.text, m);
}

enum form_result
zone_input(struct fields *fields, struct session *s, const struct input *input,
    const struct moment *m)
{
	bool enters = input->kind == INPUT_ACTION &&
	    input->action == ACTION_ENTER;
	size_t from = fields->at;
	enum form_result result = fields_input(fields, input);

	if (result == FORM_CANCELLED || !enters || from == 0 ||
	    fields->problem[0] != '\0')
		return result;
	return look(fields, s, result == FORM_DONE, m);
}
