/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts - the table of what rules may ask for, and the row of one crossing.
 *
 * A value gets into the row only when it fits the table: what does not fit
 * stays NULL, which makes doubt and never a verdict.
 */
#include "parts.h"

#include <assert.h>
#include <string.h>

#define TIME_MAX 253402300799.0 /* the last second of the year 9999 */
#define COUNT_MAX 1000000.0
#define HOURS_MAX 1000000.0     /* a century and more */
#define MINUTES_MAX 60000000.0

static const char *const clocks[] = { "confirmed", "held", "unconfirmed", NULL };
static const char *const directions[] = { "in", "out", NULL };
static const char *const modes[] = { "attended", "kiosk", "surge", "venue",
	"payout", NULL };
/* two-people: a reading came that fits two persons, so nobody has it. */
static const char *const qualities[] = { "ok", "unstable", "cold", "ambient",
	"two-people", NULL };
static const char *const declarations[] = { "none", "valid", "unsigned",
	"invalid", "revoked", NULL };
static const char *const permits[] = { "none", "valid", "expired", "revoked",
	"invalid", NULL };
static const char *const certificates[] = { "none", "valid", "invalid",
	"unverified", NULL };
static const char *const results[] = { "none", "negative", "positive", NULL };
static const char *const tests[] = { "pcr", "antigen", NULL };
static const char *const statuses[] = { "none", "F0", "F1", "F2", "F3",
	"recovered", "deceased", NULL };
static const char *const benefits[] = { "eligible", "paid", "not-listed", NULL };
static const char *const links[] = { "up", "down", NULL };

#define TEXT(name, words, help) { name, FACT_TEXT, help, SHOW_PLAIN, false, 0, 0, words }
#define NUMBER(name, min, max, help) { name, FACT_INTEGER, help, SHOW_PLAIN, false, min, max, NULL }
#define TIMED_NUMBER(name, min, max, help) { name, FACT_INTEGER, help, SHOW_PLAIN, true, min, max, NULL }
#define WHEN(name, timed, help) { name, FACT_INTEGER, help, SHOW_DATE, timed, 0, TIME_MAX, NULL }
#define SPAN(name, timed, max, help) { name, FACT_REAL, help, SHOW_WHOLE, timed, -(max), max, NULL }
#define FLAG(name, help) NUMBER(name, 0, 1, help)
#define ZONE(name, help) NUMBER(name, 1, 4, help)

static const struct fact_info facts_table[FACT_COUNT] = {
	[FACT_NOW] = WHEN("now", true, N_("trusted time, Unix seconds; NULL while the clock is unconfirmed")),
	[FACT_CLOCK] = TEXT("clock", clocks, N_("confirmed, held or unconfirmed")),
	[FACT_DIRECTION] = TEXT("direction", directions, N_("in or out")),
	[FACT_MODE] = TEXT("mode", modes, N_("attended, kiosk, surge, venue or payout")),
	[FACT_LANE] = TEXT("lane", NULL, N_("title of the lane")),
	[FACT_POST] = TEXT("post", NULL, N_("id of the station")),
	[FACT_HOUR] = TIMED_NUMBER("hour", 0, 23, N_("local hour, 0 to 23")),
	[FACT_POST_ZONE] = ZONE("post_zone", N_("zone level of the post, 1 green to 4 red")),
	[FACT_ID_KIND] = TEXT("id_kind", NULL, N_("kind of credential that identified: cccd, number, opaque ...")),
	[FACT_AGE_YEARS] = TIMED_NUMBER("age_years", 0, 150, N_("age in full years")),
	[FACT_SEX] = TEXT("sex", NULL, N_("male or female")),
	[FACT_FOREIGNER] = FLAG("foreigner", N_("1: another nationality than Vietnamese")),
	[FACT_RESIDENCE_ZONE] = ZONE("residence_zone", N_("zone level of the residence")),
	[FACT_ORIGIN_ZONE] = ZONE("origin_zone", N_("zone level of where the journey began")),
	[FACT_DESTINATION_ZONE] = ZONE("destination_zone", N_("zone level of where it goes")),
	[FACT_TEMPERATURE] = { "temperature", FACT_REAL, N_("settled result, degrees Celsius"), SHOW_TENTHS, false, -40, 100, NULL },
	[FACT_TEMPERATURE_QUALITY] = TEXT("temperature_quality", qualities, N_("ok, unstable, cold, ambient, or two-people (no result then)")),
	[FACT_TEMPERATURE_NUMBER] = NUMBER("temperature_number", 1, 99, N_("1 first, 2 second measurement")),
	[FACT_MINUTES_SINCE_FIRST] = SPAN("minutes_since_first", false, MINUTES_MAX, N_("minutes since the first measurement")),
	[FACT_DECLARATION] = TEXT("declaration", declarations, N_("none, valid, unsigned, invalid or revoked")),
	[FACT_DECLARATION_AGE_H] = SPAN("declaration_age_h", true, HOURS_MAX, N_("hours since it was declared")),
	[FACT_DECLARED_SYMPTOMS] = NUMBER("declared_symptoms", 0, 99, N_("how many symptoms were declared, or 1 for any")),
	[FACT_PERMIT] = TEXT("permit", permits, N_("none, valid, expired, revoked or invalid")),
	[FACT_PERMIT_NOW] = TIMED_NUMBER("permit_now", 0, 1, N_("1: the permit's days and hours allow now")),
	[FACT_DCC] = TEXT("dcc", certificates, N_("vaccination certificate: none, valid, invalid or unverified")),
	[FACT_DCC_KIND] = TEXT("dcc_kind", NULL, N_("vaccination, recovery or test")),
	[FACT_DOSES] = NUMBER("doses", 0, 99, N_("doses received")),
	[FACT_DOSES_REQUIRED] = NUMBER("doses_required", 0, 99, N_("doses of the full series")),
	[FACT_DAYS_SINCE_DOSE] = TIMED_NUMBER("days_since_dose", -COUNT_MAX, COUNT_MAX, N_("days since the last dose")),
	[FACT_DAYS_SINCE_RECOVERY] = TIMED_NUMBER("days_since_recovery", -COUNT_MAX, COUNT_MAX, N_("days since recovery")),
	[FACT_TEST] = TEXT("test", results, N_("none, negative or positive")),
	[FACT_TEST_KIND] = TEXT("test_kind", tests, N_("pcr or antigen")),
	[FACT_TEST_SAMPLED_H] = SPAN("test_sampled_h", true, HOURS_MAX, N_("hours since the sample was taken")),
	[FACT_TEST_RESULT_H] = SPAN("test_result_h", true, HOURS_MAX, N_("hours since the result")),
	[FACT_STATUS] = TEXT("status", statuses, N_("none (looked up, not there), F0 to F3, recovered or deceased")),
	[FACT_STATUS_SINCE] = WHEN("status_since", false, N_("when the status began, Unix seconds")),
	[FACT_STATUS_ENDS] = WHEN("status_ends", false, N_("when it ends, Unix seconds")),
	[FACT_STATUS_SOURCE] = TEXT("status_source", NULL, N_("who reported the status")),
	[FACT_WANTED] = FLAG("wanted", N_("1: the person is wanted")),
	[FACT_EXEMPT] = TEXT("exempt", NULL, N_("group that is exempt, or none")),
	[FACT_SHIPPER] = FLAG("shipper", N_("1: on the list of delivery riders")),
	[FACT_VEHICLE_KIND] = TEXT("vehicle_kind", NULL, N_("car, motorbike, truck ...; none when on foot")),
	[FACT_PLATE_KNOWN] = FLAG("plate_known", N_("1: the plate is registered here")),
	[FACT_GREEN_LANE] = FLAG("green_lane", N_("1: the vehicle has a green-lane card")),
	[FACT_VEHICLE_WANTED] = FLAG("vehicle_wanted", N_("1: the vehicle is wanted")),
	[FACT_GROUP_DECLARED] = NUMBER("group_declared", 0, 999, N_("persons declared aboard")),
	[FACT_GROUP_COUNTED] = NUMBER("group_counted", 0, 999, N_("persons counted aboard")),
	[FACT_LAST_SEEN_MIN] = SPAN("last_seen_min", true, MINUTES_MAX, N_("minutes since the code was seen at another post")),
	[FACT_LAST_SEEN_KM] = SPAN("last_seen_km", false, 50000.0, N_("kilometres to that post")),
	[FACT_REPEAT_MIN] = SPAN("repeat_min", false, MINUTES_MAX, N_("minutes since the person passed here")),
	[FACT_OCCUPANCY] = NUMBER("occupancy", 0, COUNT_MAX, N_("people inside the venue")),
	[FACT_CAPACITY] = NUMBER("capacity", 0, COUNT_MAX, N_("people the venue may hold")),
	[FACT_BENEFIT] = TEXT("benefit", benefits, N_("eligible, paid or not-listed")),
	[FACT_MISMATCH] = FLAG("mismatch", N_("1: documents disagree")),
	[FACT_REGISTER_AGE_H] = SPAN("register_age_h", true, HOURS_MAX, N_("age in hours of the oldest list used")),
	[FACT_LINK] = TEXT("link", links, N_("to the hub: up or down")),
};

const struct fact_info *
fact_info(enum fact fact)
{
	assert((unsigned)fact < FACT_COUNT);
	return &facts_table[fact];
}

enum fact
fact_find(const char *name, size_t n)
{
	for (int i = 0; i < FACT_COUNT; i++)
		if (strlen(facts_table[i].name) == n &&
		    memcmp(facts_table[i].name, name, n) == 0)
			return (enum fact)i;
	return FACT_COUNT;
}

void
facts_init(struct facts *facts)
{
	*facts = (struct facts){ 0 };
}

static int
number_fits(const struct fact_info *info, double number, struct err *err)
{
	if (number >= info->min && number <= info->max) /* never true of NaN */
		return 0;
	return err_set(err, ERR_INPUT, "%s: out of range %.0f to %.0f",
	    info->name, info->min, info->max);
}

static int
text_fits(const struct fact_info *info, const char *text, struct err *err)
{
	if (memchr(text, '\0', FACT_TEXT_MAX) == NULL)
		return err_set(err, ERR_INPUT, "%s: longer than %d bytes",
		    info->name, FACT_TEXT_MAX - 1);
	if (info->words == NULL)
		return 0;
	for (size_t i = 0; info->words[i] != NULL; i++)
		if (strcmp(info->words[i], text) == 0)
			return 0;
	return err_set(err, ERR_INPUT, "%s: not a word of this fact", info->name);
}

int
facts_set(struct facts *facts, enum fact fact, const struct fact_value *value,
    struct err *err)
{
	const struct fact_info *info = fact_info(fact);
	int fits = 0;

	if (value->type == FACT_INTEGER)
		fits = number_fits(info, (double)value->integer, err);
	else if (value->type == FACT_REAL)
		fits = number_fits(info, value->real, err);
	else if (value->type == FACT_TEXT)
		fits = text_fits(info, value->text, err);
	if (fits == 0)
		facts->values[fact] = *value;
	return fits;
}

void
facts_integer(struct facts *facts, enum fact fact, int64_t number)
{
	struct fact_value value = { .type = FACT_INTEGER, .integer = number };

	assert(fact_info(fact)->type == FACT_INTEGER);
	facts->values[fact] = (struct fact_value){ 0 };
	(void)facts_set(facts, fact, &value, NULL);
}

void
facts_real(struct facts *facts, enum fact fact, double number)
{
	struct fact_value value = { .type = FACT_REAL, .real = number };

	assert(fact_info(fact)->type == FACT_REAL);
	facts->values[fact] = (struct fact_value){ 0 };
	(void)facts_set(facts, fact, &value, NULL);
}

void
facts_text(struct facts *facts, enum fact fact, const char *text)
{
	struct fact_value value = { .type = FACT_TEXT };
	size_t n = strlen(text);

	assert(fact_info(fact)->type == FACT_TEXT);
	facts->values[fact] = (struct fact_value){ 0 };
	if (n >= sizeof(value.text) || !utf8_valid(text, n))
		return;
	memcpy(value.text, text, n + 1);
	(void)facts_set(facts, fact, &value, NULL);
}

static bool
time_known(const struct facts *facts)
{
	const struct fact_value *clock = &facts->values[FACT_CLOCK];

	return facts->values[FACT_NOW].type != FACT_NULL &&
	    !(clock->type == FACT_TEXT &&
	    strcmp(clock->text, "unconfirmed") == 0);
}

const struct fact_value *
facts_value(const struct facts *facts, enum fact fact)
{
	static const struct fact_value unknown = { .type = FACT_NULL };

	if (fact_info(fact)->timed && !time_known(facts))
		return &unknown;
	return &facts->values[fact];
}
