/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person's papers prove, and what of them is doubt. */
#include "../../src/station/parts.h"

#include <jansson.h>
#include <stdio.h>

#include "test.h"

#define ISSUED 1634258400 /* Friday 2021-10-15T07:40+07:00 */
#define DAY 86400

static char private_key[4096], public_key[4096];
static json_t *vectors;

static void
read_file(const char *name, char *out, size_t size)
{
	char path[100];
	char *text;
	size_t n;

	snprintf(path, sizeof(path), "tests/credentials/%s", name);
	text = file_read(test_path("SRCDIR", path), size - 1, &n, NULL);
	assert_non_null(text);
	memcpy(out, text, n + 1);
	free(text);
}

static struct credential_trust *
trust_all(void)
{
	struct credential_trust *trust = credential_trust_new();
	const char *name;
	json_t *cert;

	assert_int_equal(credential_trust_add(trust, (const void *)public_key,
	    strlen(public_key), NULL, NULL), 0);
	json_object_foreach(json_object_get(vectors, "certs"), name, cert) {
		const char *der = json_string_value(json_object_get(cert,
		    "der_b64"));

		credential_trust_add(trust, (const void *)der, strlen(der),
		    NULL, NULL);
	}
	return trust;
}

static void
show(struct session *s, const struct credential_trust *trust,
    const char *text, const struct moment *m)
{
	struct credential_context context = { .trust = trust,
		.has_now = m->clock != CLOCK_UNCONFIRMED, .now = m->wall };

	credential_decode((const void *)text, strlen(text), &context,
	    &s->person.documents[s->person.ndocuments++]);
}

static void
show_vector(struct session *s, const struct credential_trust *trust,
    const char *start, const struct moment *m)
{
	const char *name;
	json_t *text;

	json_object_foreach(json_object_get(vectors, "hc1"), name, text)
		if (strncmp(name, start, strlen(start)) == 0)
			show(s, trust, json_string_value(text), m);
}

static const char *
word_of(const struct facts *f, enum fact fact)
{
	static char out[40];
	const struct fact_value *v = &f->values[fact];

	if (v->type == FACT_TEXT)
		return v->text;
	if (v->type == FACT_INTEGER)
		snprintf(out, sizeof(out), "%lld", (long long)v->integer);
	return v->type == FACT_INTEGER ? out : "unknown";
}

/* Of a list, where a time that is not there is -1. */
static void
test_hours_of_lists(void **state)
{
	static const struct {
		const char *days;
		int from, until;
		int64_t now; /* since Friday 07:40 */
		bool want;
	} cases[] = {
		{ "", -1, -1, 0, true },
		{ "5", -1, -1, 0, true },
		{ "1234", -1, -1, 0, false },
		{ "5", 300, 1260, 0, true },
		{ "5", 461, 1260, 0, false },
		{ "5", 1260, 300, 14 * 3600, true },
		{ "5", 1260, 300, DAY - 160 * 60, true },
		{ "6", 1260, 300, DAY - 160 * 60, false },
		{ "5", 1260, 300, -160 * 60, false },
		{ "4", 1260, 300, -160 * 60, true },
		{ "7", 1260, 300, 3 * DAY - 160 * 60, true }, /* Monday */
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct calendar now = calendar_at(ISSUED + cases[i].now,
		    7 * 3600);

		if (proof_hours(cases[i].days, cases[i].from, cases[i].until,
		    &now) != cases[i].want)
			fail_msg("row %zu", i);
	}
}

static void
test_permits(void **state)
{
	static const char plain[] = "", dated[] = ",\"valid_from\":\"2021-10-14\",\"valid_until\":\"2021-10-16\"",
	    timed[] = ",\"hours\":\"05:00-21:00\",\"days\":\"12345\"",
	    night[] = ",\"hours\":\"21:00-05:00\"",
	    nights[] = ",\"hours\":\"21:00-05:00\",\"days\":\"57\"",
	    minus[] = ",\"hours\":\"-1:00-05:00\"",
	    odd[] = ",\"hours\":\"all day\"", ends[] = ",\"exp\":1634300000";
	static const struct {
		const char *more, *listed;
		int64_t now;
		bool known, clock;
		const char *permit, *permit_now;
	} cases[] = {
		{ plain, "", ISSUED, true, true, "valid", "1" },
		{ plain, "none", ISSUED, true, true, "valid", "1" },
		{ plain, "revoked", ISSUED, true, true, "revoked", "unknown" },
		{ plain, "", ISSUED - 1, true, true, "invalid", "0" },
		{ plain, "", ISSUED, false, true, "unknown", "unknown" },
		{ plain, "", ISSUED, true, false, "unknown", "unknown" },
		{ dated, "", ISSUED, true, true, "valid", "1" },
		{ dated, "", ISSUED + DAY, true, true, "valid", "1" },
		{ dated, "", ISSUED + 2 * DAY, true, true, "expired", "0" },
		{ ends, "", 1634300001, true, true, "expired", "0" },
		{ timed, "", ISSUED, true, true, "valid", "1" },
		{ timed, "", ISSUED + DAY, true, true, "valid", "0" }, /* Saturday */
		{ timed, "", ISSUED + 14 * 3600, true, true, "valid", "0" },
		/* 04:59, 05:00, 21:00 and 21:01 */
		{ timed, "", ISSUED + 3 * DAY - 161 * 60, true, true, "valid", "0" },
		{ timed, "", ISSUED + 3 * DAY - 160 * 60, true, true, "valid", "1" },
		{ timed, "", ISSUED + 800 * 60, true, true, "valid", "1" },
		{ timed, "", ISSUED + 801 * 60, true, true, "valid", "0" },
		{ night, "", ISSUED + 799 * 60, true, true, "valid", "0" },
		{ night, "", ISSUED + 800 * 60, true, true, "valid", "1" },
		{ night, "", ISSUED + DAY - 160 * 60, true, true, "valid", "1" },
		{ night, "", ISSUED + DAY - 159 * 60, true, true, "valid", "0" },
		{ night, "", ISSUED, true, true, "valid", "0" },
		{ night, "", ISSUED + 14 * 3600, true, true, "valid", "1" },
		/* The nights that begin on Friday and Sunday, up to 05:00. */
		{ nights, "", ISSUED + 14 * 3600, true, true, "valid", "1" },
		{ nights, "", ISSUED + DAY - 160 * 60, true, true, "valid", "1" },
		{ nights, "", ISSUED + DAY - 159 * 60, true, true, "valid", "0" },
		{ nights, "", ISSUED + DAY + 14 * 3600, true, true, "valid", "0" },
		{ nights, "", ISSUED - 160 * 60, true, true, "invalid", "0" },
		{ nights, "", ISSUED + 3 * DAY - 160 * 60, true, true, "valid", "1" },
		{ odd, "", ISSUED, true, true, "valid", "0" },
		{ minus, "", ISSUED, true, true, "valid", "0" },
	};
	static struct conf conf = { .utc_offset_s = 7 * 3600 };
	struct credential_trust *trust = trust_all();
	char json[400], text[CREDENTIAL_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		static struct session s;
		struct moment m = { .wall = cases[i].now,
			.clock = cases[i].clock ? CLOCK_CONFIRMED :
			CLOCK_UNCONFIRMED };
		struct facts f;

		memset(&s, 0, sizeof(s));
		s.setup.conf = &conf;
		snprintf(json, sizeof(json), "{\"kind\":\"permit\","
		    "\"id\":\"094300000123\",\"name\":\"A\",\"issuer\":\"U\"%s}",
		    cases[i].more);
		assert_int_equal(credential_issue(json, strlen(json),
		    private_key, ISSUED, text, NULL), 0);
		show(&s, cases[i].known ? trust : NULL, text, &m);
		facts_init(&f);
		if (cases[i].listed[0] != '\0')
			facts_text(&f, FACT_PERMIT, cases[i].listed);
		proof_shown(&s, &m, &f);
		if (strcmp(word_of(&f, FACT_PERMIT), cases[i].permit) != 0)
			print_error("row %zu\n", i);
		assert_string_equal(word_of(&f, FACT_PERMIT), cases[i].permit);
		assert_string_equal(word_of(&f, FACT_PERMIT_NOW),
		    cases[i].permit_now);
	}
	credential_trust_free(trust);
}

static void
test_declarations(void **state)
{
	static const struct {
		const char *more, *listed;
		bool known;
		const char *declaration, *symptoms;
	} cases[] = {
		{ ",\"symptoms\":[]", "", true, "valid", "0" },
		{ ",\"symptoms\":[\"ho\"]", "none", true, "valid", "1" },
		{ "", "", true, "valid", "unknown" },
		{ "", "revoked", true, "revoked", "unknown" },
		{ "", "", false, "unsigned", "unknown" },
		{ ",\"exp\":1634258401", "", true, "invalid", "unknown" },
	};
	struct credential_trust *trust = trust_all();
	struct moment m = { .wall = ISSUED + 7200, .clock = CLOCK_CONFIRMED };
	char json[400], text[CREDENTIAL_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		static struct session s;
		struct facts f;

		memset(&s, 0, sizeof(s));
		snprintf(json, sizeof(json), "{\"kind\":\"declaration\","
		    "\"id\":\"094300000123\",\"name\":\"A\",\"from\":\"X\","
		    "\"to\":\"Y\"%s}", cases[i].more);
		assert_int_equal(credential_issue(json, strlen(json),
		    private_key, ISSUED, text, NULL), 0);
		show(&s, cases[i].known ? trust : NULL, text, &m);
		facts_init(&f);
		if (cases[i].listed[0] != '\0')
			facts_text(&f, FACT_DECLARATION, cases[i].listed);
		proof_shown(&s, &m, &f);
		assert_string_equal(word_of(&f, FACT_DECLARATION),
		    cases[i].declaration);
		assert_string_equal(word_of(&f, FACT_DECLARED_SYMPTOMS),
		    cases[i].symptoms);
		if (strcmp(cases[i].listed, "revoked") != 0)
			assert_true(f.values[FACT_DECLARATION_AGE_H].real == 2.0);
	}
	credential_trust_free(trust);
}

/* An expired or distrusted signing key is doubt, as an unknown one is. */
static void
test_health_papers(void **state)
{
	static const struct {
		const char *vector;
		int64_t now;
		const char *distrust, *dcc, *doses, *said;
	} cases[] = {
		{ "V1", 1633046400, "", "valid", "2", "signature true" },
		{ "V1", 1633046400, "XA", "unverified", "unknown", "Issuer not trusted here" },
		{ "N1", 1633046400, "", "invalid", "unknown", "Signature false" },
		{ "N2", 1633046400, "", "invalid", "unknown", "Signed with a wrong kind of key" },
		{ "V1", 1664236801, "", "invalid", "unknown", "Certificate has expired" },
		{ "V1", 1632700799, "", "invalid", "unknown", "Certificate is not valid yet" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		static struct session s;
		struct credential_trust *trust = trust_all();
		struct moment m = { .wall = cases[i].now,
			.clock = CLOCK_CONFIRMED };
		struct facts f;

		memset(&s, 0, sizeof(s));
		if (cases[i].distrust[0] != '\0')
			credential_trust_distrust(trust, cases[i].distrust);
		show_vector(&s, trust, cases[i].vector, &m);
		facts_init(&f);
		health_facts(&s.person, &m, &f);
		assert_string_equal(word_of(&f, FACT_DCC), cases[i].dcc);
		assert_string_equal(word_of(&f, FACT_DOSES), cases[i].doses);
		assert_string_equal(doubt_document(&s.person,
		    &s.person.documents[0]), cases[i].said);
		credential_trust_free(trust);
	}
}

static void
test_a_card_of_the_vehicle(void **state)
{
	static const struct {
		const char *json;
		int64_t now;
		bool known;
		const char *green_lane, *group;
	} cases[] = {
		{ "{\"kind\":\"green-lane\",\"vehicle\":\"51C-123.45\",\"issuer\":\"S\"}", ISSUED, true, "1", "unknown" },
		{ "{\"kind\":\"green-lane\",\"vehicle\":\"51C-123.45\",\"issuer\":\"S\",\"valid_until\":\"2021-10-15\"}", ISSUED + DAY, true, "unknown", "unknown" },
		{ "{\"kind\":\"green-lane\",\"vehicle\":\"51C-123.45\",\"issuer\":\"S\"}", ISSUED, false, "unknown", "unknown" },
		{ "{\"kind\":\"group\",\"vehicle\":\"51B-123.45\",\"people\":[{\"name\":\"A\"},{\"name\":\"B\"}]}", ISSUED, true, "unknown", "2" },
	};
	static struct conf conf = { .utc_offset_s = 7 * 3600 };
	struct credential_trust *trust = trust_all();
	char text[CREDENTIAL_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		static struct session s;
		struct moment m = { .wall = cases[i].now,
			.clock = CLOCK_CONFIRMED };
		struct facts f;

		memset(&s, 0, sizeof(s));
		s.setup.conf = &conf;
		s.person.number_aboard = 1;
		assert_int_equal(credential_issue(cases[i].json,
		    strlen(cases[i].json), private_key, ISSUED, text, NULL), 0);
		show(&s, cases[i].known ? trust : NULL, text, &m);
		s.vehicle.paper = s.person.documents[0];
		facts_init(&f);
		proof_vehicle(&s, &m, &f);
		assert_string_equal(word_of(&f, FACT_GREEN_LANE),
		    cases[i].green_lane);
		assert_string_equal(word_of(&f, FACT_GROUP_DECLARED),
		    cases[i].group);
	}
	credential_trust_free(trust);
}

/* The best of several counts, but a forgery is never made good. */
static void
test_several_health_papers(void **state)
{
	static const struct {
		const char *first, *second;
		const char *dcc, *told;
	} cases[] = {
		{ "V1", "N2", "valid", "Signed with a wrong kind of key" },
		{ "N2", "V1", "valid", "Signed with a wrong kind of key" },
		{ "V1", "N1", "invalid", "Signature false" },
		{ "N1", "V1", "invalid", "Signature false" },
	};
	struct credential_trust *trust = trust_all();
	struct moment m = { .wall = 1633046400, .clock = CLOCK_CONFIRMED };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		static struct session s;
		struct facts f;

		memset(&s, 0, sizeof(s));
		show_vector(&s, trust, cases[i].first, &m);
		show_vector(&s, trust, cases[i].second, &m);
		facts_init(&f);
		health_facts(&s.person, &m, &f);
		assert_string_equal(word_of(&f, FACT_DCC), cases[i].dcc);
		assert_string_equal(word_of(&f, FACT_DOSES), "2");
		assert_string_equal(doubt_document(&s.person,
		    doubt_paper(&s.person, &s.person.documents[0])),
		    cases[i].told);
	}
	credential_trust_free(trust);
}

static void
test_an_expired_key_is_doubt(void **state)
{
	static struct session s;
	struct moment m = { .wall = 1633046400, .clock = CLOCK_CONFIRMED };
	struct credential *c = &s.person.documents[0];
	static struct view_person shown;
	struct facts f;

	(void)state;
	*c = (struct credential){ .kind = CREDENTIAL_DCC,
		.warnings = { "key-expired" }, .nwarnings = 1,
		.verification = { .applies = true, .readable = true,
		    .signature = "valid", .time = "valid", .schema = "valid",
		    .key_usage = "ok" } };
	s.person.ndocuments = 1;
	facts_init(&f);
	health_facts(&s.person, &m, &f);
	assert_string_equal(word_of(&f, FACT_DCC), "unverified");
	doubt_warnings(&s, c, &shown);
	assert_int_equal(shown.nwarnings, 1);
	assert_string_equal(shown.warnings[0], "The issuer's key has expired");
}

/* The sample of V3 was taken 75 minutes after this moment. */
static void
test_a_sample_that_lies_ahead_is_doubt(void **state)
{
	static const struct {
		int64_t now;
		const char *dcc;
		bool told;
	} cases[] = {
		{ 1633046400, "unverified", false },
		{ 1633050900 - 1801, "unverified", false },
		{ 1633050900 - 1799, "valid", true }, /* clocks differ */
		{ 1633060000, "valid", true },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct moment m = { .wall = cases[i].now,
			.clock = CLOCK_CONFIRMED };
		static struct session s;
		struct credential_trust *trust = trust_all();
		static struct view_person shown;
		struct facts f;

		s = (struct session){ 0 };
		show_vector(&s, trust, "V3", &m);
		facts_init(&f);
		health_facts(&s.person, &m, &f);
		assert_string_equal(word_of(&f, FACT_DCC), cases[i].dcc);
		assert_int_equal(f.values[FACT_TEST_SAMPLED_H].type !=
		    FACT_NULL, cases[i].told);
		doubt_warnings(&s, &s.person.documents[0], &shown);
		if (!cases[i].told)
			assert_string_equal(shown.warnings[0],
			    "A test in the future");
		credential_trust_free(trust);
	}
}

/* A proven paper of two fields. */
static void
add_paper(struct session *s, const char *const fields[2][2])
{
	struct credential *c = &s->person.documents[s->person.ndocuments++];

	*c = (struct credential){ .kind = CREDENTIAL_DCC, .nfields = 2,
		.identity = "VNM:PIN:094300000123",
		.verification = { .applies = true, .readable = true,
		    .signature = "valid", .time = "valid", .schema = "valid",
		    .key_usage = "ok" } };
	for (size_t i = 0; i < 2; i++) {
		snprintf(c->fields[i].name, sizeof(c->fields[i].name), "%s",
		    fields[i][0]);
		snprintf(c->fields[i].value, sizeof(c->fields[i].value), "%s",
		    fields[i][1]);
	}
}

#define OF_TODAY "2021-10-15T00:00:00Z"
#define OF_LAST_WEEK "2021-10-08T00:00:00Z"
#define TODAY 1634256000
#define LAST_WEEK (TODAY - 7 * DAY)

/* Whatever is shown first, and whether a list or a paper tells of it. */
static void
test_of_several_tests_the_newest_counts(void **state)
{
	static const struct {
		const char *papers[2][2]; /* result, sampled */
		const char *listed;
		int64_t listed_at;
		const char *test;
		int hours; /* -1 unknown */
	} cases[] = {
		{ { { "positive", OF_TODAY }, { "negative", OF_LAST_WEEK } }, "", 0, "positive", 1 },
		{ { { "negative", OF_LAST_WEEK }, { "positive", OF_TODAY } }, "", 0, "positive", 1 },
		{ { { "negative", OF_TODAY }, { "positive", OF_LAST_WEEK } }, "", 0, "negative", 1 },
		{ { { "positive", OF_TODAY }, { "negative", OF_TODAY } }, "", 0, "positive", 1 },
		{ { { "positive", "soon" }, { "negative", OF_TODAY } }, "", 0, "positive", -1 },
		{ { { "negative", OF_TODAY }, { "positive", "soon" } }, "", 0, "positive", -1 },
		{ { { "odd", OF_TODAY }, { "negative", OF_LAST_WEEK } }, "none", 0, "unknown", 1 },
		{ { { "negative", OF_TODAY } }, "none", 0, "negative", 1 },
		{ { { "negative", OF_TODAY } }, "positive", LAST_WEEK, "negative", 1 },
		{ { { "positive", OF_TODAY } }, "negative", LAST_WEEK, "positive", 1 },
		{ { { "negative", OF_LAST_WEEK } }, "positive", TODAY, "positive", 1 },
		{ { { NULL } }, "negative", TODAY + DAY, "negative", -1 },
		{ { { NULL } }, "none", 0, "none", -1 },
		{ { { NULL } }, "", 0, "unknown", -1 },
	};
	struct moment m = { .wall = TODAY + 3600, .clock = CLOCK_CONFIRMED };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		static struct session s;
		struct register_answer *a = &s.person.answer;
		const struct fact_value *hours;
		struct facts f;

		memset(&s, 0, sizeof(s));
		register_answer_init(a);
		for (size_t k = 0; k < 2 && cases[i].papers[k][0] != NULL; k++)
			add_paper(&s, (const char *const[2][2]){
			    { "test_result", cases[i].papers[k][0] },
			    { "test_sampled", cases[i].papers[k][1] } });
		if (s.person.ndocuments == 0)
			add_paper(&s, (const char *const[2][2]){
			    { "doses", "1" }, { "dose_date", "2021-01-01" } });
		a->known = s.person.answered = true;
		strcpy(a->test, cases[i].listed);
		a->test_sampled_at = cases[i].listed_at;
		facts_init(&f);
		health_facts(&s.person, &m, &f);
		hours = &f.values[FACT_TEST_SAMPLED_H];
		if (strcmp(word_of(&f, FACT_TEST), cases[i].test) != 0)
			print_error("row %zu\n", i);
		assert_string_equal(word_of(&f, FACT_TEST), cases[i].test);
		assert_int_equal(hours->type == FACT_NULL ? -1 :
		    (int)hours->real, cases[i].hours);
		/* No limit of a result is passed by for lack of its time. */
		hours = &f.values[FACT_TEST_RESULT_H];
		assert_int_equal(hours->type == FACT_NULL ? -1 :
		    (int)hours->real, cases[i].hours);
	}
}

static void
test_of_several_doses_the_last_counts(void **state)
{
	static const struct {
		const char *paper[2]; /* doses, date */
		int listed, required;
		int64_t listed_at;
		const char *doses, *of, *days;
	} cases[] = {
		{ { "2", "2021-10-08" }, -1, -1, 0, "2", "unknown", "7" },
		{ { "2", "2021-10-08" }, 1, 2, LAST_WEEK - 30 * DAY, "2", "2", "7" },
		{ { "1", "2021-09-08" }, 2, 2, LAST_WEEK, "2", "2", "7" },
		{ { "2", "2021-10-08" }, 1, 2, 0, "2", "2", "7" },
		{ { "1", "2021-09-08" }, 2, 2, TODAY + 30 * DAY, "1", "2", "37" },
	};
	struct moment m = { .wall = TODAY + 3600, .clock = CLOCK_CONFIRMED };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		static struct session s;
		struct register_answer *a = &s.person.answer;
		struct facts f;

		memset(&s, 0, sizeof(s));
		register_answer_init(a);
		add_paper(&s, (const char *const[2][2]){
		    { "doses", cases[i].paper[0] },
		    { "dose_date", cases[i].paper[1] } });
		a->known = s.person.answered = true;
		a->doses = cases[i].listed;
		a->doses_required = cases[i].required;
		a->last_dose_at = cases[i].listed_at;
		a->recovered_at = TODAY + 2 * DAY; /* an error of the list */
		facts_init(&f);
		health_facts(&s.person, &m, &f);
		assert_string_equal(word_of(&f, FACT_DOSES), cases[i].doses);
		assert_string_equal(word_of(&f, FACT_DOSES_REQUIRED),
		    cases[i].of);
		assert_string_equal(word_of(&f, FACT_DAYS_SINCE_DOSE),
		    cases[i].days);
		assert_string_equal(word_of(&f, FACT_DAYS_SINCE_RECOVERY),
		    "unknown");
	}
}

#define PACK "version = \"t\"  effective = \"2021-01-01T00:00Z\"\n" \
    "needs_facts = 1\n" \
    "rule \"fever\" { verdict = \"check\"  when = \"temperature > 38\"" \
    "  reason = \"a\"  unknown = \"pass\" }\n" \
    "rule \"false\" { verdict = \"check\"  when = \"dcc = 'invalid'\"" \
    "  reason = \"b\" }\n" \
    "otherwise = \"pass\"\n"

/* Each question is answered for itself: what is wrong in one way may be right
 * in all others, and the officer sees which. */
static void
test_every_question_has_its_own_answer(void **state)
{
	static const struct {
		const char *vector;
		int64_t now;
		const char *distrust;
		bool known;
		double temperature;
		const char *lines; /* from the second on, joined */
	} cases[] = {
		{ "V1", 1633046400, "", true, 36.5,
		    "yes/true/trusted/yes, until 27/09/2022/right/right/nothing against it/" },
		{ "V1", 1633046400, "XA", true, 36.5,
		    "yes/true/NOT TRUSTED at this post/yes, until 27/09/2022/right/right/nothing against it/" },
		{ "V1", 1633046400, "", false, 36.5,
		    "yes/not checked: no key here/not known here/yes, until 27/09/2022/not known/right/nothing against it/" },
		{ "N1", 1633046400, "", true, 39.0,
		    "yes/FALSE/not proven/yes, until 27/09/2022/right/right/see reason 2/" },
		{ "N2", 1633046400, "", true, 36.5,
		    "yes/true/trusted/yes, until 27/09/2022/WRONG for this paper/right/see reason 1/" },
		{ "V1", 1664236801, "", true, 36.5,
		    "yes/true/trusted/EXPIRED, until 27/09/2022/right/right/see reason 1/" },
		{ "V1", 1632700799, "", true, 36.5,
		    "yes/true/trusted/NOT YET, from 27/09/2021/right/right/see reason 1/" },
		{ "V1", 0, "", true, 36.5,
		    "yes/true/trusted/no clock, until 27/09/2022/right/right/nothing against it/" },
	};
	static struct conf conf = { .utc_offset_s = 7 * 3600 };
	static struct session s;
	struct view *view = calloc(1, sizeof(*view));

	(void)state;
	assert_non_null(view);
	for (size_t i = 0; i < nitems(cases); i++) {
		struct credential_trust *trust = trust_all();
		struct moment m = { .wall = cases[i].now, .clock =
			cases[i].now != 0 ? CLOCK_CONFIRMED :
			CLOCK_UNCONFIRMED };
		struct facts f;
		char lines[1024] = "";

		memset(&s, 0, sizeof(s));
		memset(view, 0, sizeof(*view));
		s.setup.conf = &conf;
		s.setup.policy = policy_parse("t", PACK, strlen(PACK), 0, NULL);
		assert_non_null(s.setup.policy);
		if (cases[i].distrust[0] != '\0')
			credential_trust_distrust(trust, cases[i].distrust);
		show_vector(&s, cases[i].known ? trust : NULL,
		    cases[i].vector, &m);
		show(&s, NULL, "094300000123||Nguyễn Thị Mẫu|15032000|Nữ|X|10052021", &m);
		facts_init(&f);
		health_facts(&s.person, &m, &f);
		facts_real(&f, FACT_TEMPERATURE, cases[i].temperature);
		policy_judge(s.setup.policy, &f, &s.judgement);
		examine_papers(&s, view);
		assert_int_equal(view->ndetail, 8); /* a bare card says nothing */
		assert_int_equal(view->detail_keep[0], 8);
		assert_string_equal(view->detail[0], "EU certificate (XA)");
		for (size_t k = 1; k < view->ndetail; k++)
			snprintf(lines + strlen(lines), sizeof(lines) -
			    strlen(lines), "%s/",
			    strchr(view->detail[k], ':') + 2);
		assert_string_equal(lines, cases[i].lines);
		policy_free(s.setup.policy);
		credential_trust_free(trust);
	}
	free(view);
}

/* Which field, and both values. */
static void
test_what_disagrees_is_told(void **state)
{
	static struct session s;
	struct moment m = { .wall = 1633046400, .clock = CLOCK_CONFIRMED };
	struct difference d[DIFFERENCES_MAX];
	char words[VIEW_TEXT_MAX];

	(void)state;
	show(&s, NULL, "094300000123||Nguyễn Thị Mẫu|15032000|Nữ|X|10052021", &m);
	assert_int_equal(proof_differences(&s.person, d), 0);
	assert_false(proof_disagree(&s.person));
	show(&s, NULL, "094300000123||Nguyễn Thị Mai|16032000|Nữ|X|10052021", &m);
	assert_true(proof_disagree(&s.person));
	assert_int_equal(proof_differences(&s.person, d), 2);
	doubt_difference(&d[0], LANGUAGE_EN, words, sizeof(words));
	assert_string_equal(words, "Name: Nguyễn Thị Mẫu or Nguyễn Thị Mai");
	doubt_difference(&d[1], LANGUAGE_VI, words, sizeof(words));
	assert_string_equal(words, "Birth: 15/03/2000 or 16/03/2000");
}

static int
load(void **state)
{
	(void)state;
	read_file("test-key.pem", private_key, sizeof(private_key));
	read_file("test-key.pub", public_key, sizeof(public_key));
	vectors = json_load_file(test_path("SRCDIR",
	    "tests/credentials/dcc-vectors.json"), 0, NULL);
	return vectors != NULL ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	json_decref(vectors);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_permits),
		cmocka_unit_test(test_hours_of_lists),
		cmocka_unit_test(test_declarations),
		cmocka_unit_test(test_health_papers),
		cmocka_unit_test(test_a_card_of_the_vehicle),
		cmocka_unit_test(test_several_health_papers),
		cmocka_unit_test(test_an_expired_key_is_doubt),
		cmocka_unit_test(test_a_sample_that_lies_ahead_is_doubt),
		cmocka_unit_test(test_of_several_tests_the_newest_counts),
		cmocka_unit_test(test_of_several_doses_the_last_counts),
		cmocka_unit_test(test_every_question_has_its_own_answer),
		cmocka_unit_test(test_what_disagrees_is_told),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
