/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A header finds its list, a cell is checked, and a packed row comes back. */
#include "../../src/register/parts.h"

#include <stdlib.h>

#include "test.h"

#define OFFSET_S (7 * 3600)

/* Cuts text at commas, in place. */
static size_t
cut(char *text, char *fields[CSV_FIELDS_MAX])
{
	size_t n = 0;

	for (char *at = text; at != NULL;) {
		fields[n++] = strsep(&at, ",");
		assert_true(n < CSV_FIELDS_MAX);
	}
	return n;
}

static int
header(const char *text, struct header *out, struct err *err)
{
	char copy[400], *fields[CSV_FIELDS_MAX];

	snprintf(copy, sizeof(copy), "%s", text);
	return header_parse(fields, cut(copy, fields), out, err);
}

static void
test_the_header_finds_the_list(void **state)
{
	static const struct {
		const char *header;
		int list; /* -1: refused, and words is in the text */
		const char *words;
	} cases[] = {
		{ "id,declared_at", LIST_DECLARATIONS, "" },
		{ "id,declared_at,state,plate,to,from", LIST_DECLARATIONS, "" },
		{ "ID, Declared_At ,name", LIST_DECLARATIONS, "" },
		{ "id,status,since,source", LIST_STATUSES, "" },
		{ "source,since,status,id,ends,note", LIST_STATUSES, "" },
		{ "id,state,holder", LIST_PERMITS, "" },
		{ "id,state,valid_from,valid_to,days,hours", LIST_PERMITS, "" },
		{ "plate", LIST_VEHICLES, "" },
		{ "plate,kind,green_lane,wanted", LIST_VEHICLES, "" },
		{ "id,wanted", LIST_PERSONS, "" },
		{ "id,result,kind,sampled_at", LIST_TESTS, "" },
		{ "id", -1, "must name" },
		{ "id,name", -1, "must name" },
		{ "id,status,since", -1, "statuses needs the column \"source\"" },
		{ "id,status,since,source,colour", -1, "no column \"colour\"" },
		{ "id,status,status,since,source", -1, "twice" },
		{ "id,declared_at,\x1b[31m", -1, "no column \"\xef\xbf\xbd[31m\"" },
		{ "094300000123,F0,2021-08-12,CDC", -1, "must name" },
		{ "", -1, "must name" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err err = { 0 };
		struct header got;
		int rc = header(cases[i].header, &got, &err);

		assert_int_equal(rc, cases[i].list < 0 ? -1 : 0);
		if (rc == 0)
			assert_int_equal(got.list, cases[i].list);
		else if (strstr(err.text, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].header, err.text);
	}
}

/* Parses, packs, unpacks; returns -1 when the row is refused. */
static int
through(const char *names, const char *line, struct register_answer *answer,
    struct err *err)
{
	unsigned char packed[ROW_PACKED_MAX];
	char copy[400], *fields[CSV_FIELDS_MAX];
	struct header head;
	struct row row, back;
	size_t n;

	assert_int_equal(header(names, &head, err), 0);
	snprintf(copy, sizeof(copy), "%s", line);
	cut(copy, fields);
	if (row_parse(&head, fields, OFFSET_S, &row, err) < 0)
		return -1;
	for (size_t i = 1; i < lists[head.list].ncolumns; i++)
		if (lists[head.list].columns[i].type == COLUMN_TEXT)
			row.cells[i].number = 300 + (int64_t)i;
	n = row_pack(&lists[head.list], &row, packed);
	assert_int_equal(row_unpack(&lists[head.list], packed, n, &back), 0);
	for (size_t i = 1; i < lists[head.list].ncolumns; i++) {
		assert_int_equal(back.cells[i].given, row.cells[i].given);
		if (row.cells[i].given)
			assert_int_equal(back.cells[i].number,
			    row.cells[i].number);
		strcpy(back.cells[i].text, row.cells[i].text);
	}
	register_answer_init(answer);
	row_answer(&lists[head.list], &back, head.given, answer);
	return 0;
}

static int64_t
at(const char *text)
{
	int64_t time;

	assert_int_equal(time_parse(text, OFFSET_S, &time), 0);
	return time;
}

static void
test_a_declaration_comes_back(void **state)
{
	static const char names[] =
	    "id,declared_at,from,to,origin_zone,destination_zone,symptoms,state";
	struct register_answer a;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(through(names, "094300000123,2021-10-22T09:15+07:00,"
	    "Mỹ Xuyên,Phường 2,1,4,0,revoked", &a, &err), 0);
	assert_int_equal(a.declared_at, at("2021-10-22T02:15Z"));
	assert_string_equal(a.declaration, "revoked");
	assert_string_equal(a.from, "Mỹ Xuyên");
	assert_string_equal(a.to, "Phường 2");
	assert_int_equal(a.origin_zone, 1);
	assert_int_equal(a.destination_zone, 4);
	assert_int_equal(a.symptoms, 0);
	assert_int_equal(through(names, "365000123,2021-10-22,,,,,,", &a, &err),
	    0);
	assert_int_equal(a.declared_at, at("2021-10-22T00:00+07:00"));
	assert_string_equal(a.declaration, "valid"); /* blank means that */
	assert_int_equal(a.symptoms, -1);
	assert_int_equal(a.origin_zone, 0);
}

static void
test_an_end_takes_its_day_in(void **state)
{
	struct register_answer a;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(through("id,status,since,ends,source",
	    "094300000123,f0,2021-08-12,2021-09-02,CDC", &a, &err), 0);
	assert_string_equal(a.status, "F0");
	assert_int_equal(a.status_since, at("2021-08-12T00:00+07:00"));
	assert_int_equal(a.status_ends, at("2021-09-02T23:59:59+07:00"));
	assert_int_equal(through("id,status,since,ends,source",
	    "094300000123,F0,2021-08-12,2021-09-02T10:00+07:00,CDC", &a, &err),
	    0);
	assert_int_equal(a.status_ends, at("2021-09-02T10:00+07:00"));
}

static void
test_a_permit_has_days_and_hours(void **state)
{
	static const char names[] = "id,state,valid_from,valid_to,days,hours";
	struct register_answer a;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(through(names, "094300000123,valid,2021-10-01,"
	    "2021-10-31,64321,05:00-21:30", &a, &err), 0);
	assert_string_equal(a.permit_days, "12346");
	assert_int_equal(a.permit_minute_from, 300);
	assert_int_equal(a.permit_minute_until, 21 * 60 + 30);
	assert_int_equal(through(names, "094300000123,valid,,,,22:00-05:00",
	    &a, &err), 0);
	assert_int_equal(a.permit_minute_from, 22 * 60);
	assert_int_equal(a.permit_minute_until, 5 * 60);
	assert_string_equal(a.permit_days, "");
	assert_int_equal(through(names, "094300000123,valid,,,7,", &a, &err), 0);
	assert_int_equal(a.permit_minute_from, -1);
}

static void
test_times_of_any_kind_come_back(void **state)
{
	static const char *const times[] = {
		"1970-01-01T00:00Z", "2019-12-31", "2020-01-01",
		"2020-01-01T00:00:01+07:00", "2099-12-31",
	};

	(void)state;
	for (size_t i = 0; i < nitems(times); i++)
		for (size_t k = 0; k < nitems(times); k++) {
			struct register_answer a;
			struct err err = { 0 };
			char line[120];

			snprintf(line, sizeof(line), "094300000123,%s,%s",
			    times[i], times[k]);
			assert_int_equal(through("id,last_dose,recovered", line,
			    &a, &err), 0);
			assert_int_equal(a.last_dose_at, at(times[i]));
			assert_int_equal(a.recovered_at, at(times[k]));
		}
}

static void
test_bad_cells_are_refused(void **state)
{
#define STATUS "id,status,since,ends,source"
#define PERSON "id,exempt,shipper,doses"
	static const struct {
		const char *names, *line, *words;
	} cases[] = {
		{ STATUS, ",F0,2021-08-12,,CDC", "id is missing" },
		{ STATUS, "94300000123,F0,2021-08-12,,CDC", "leading zero" },
		{ STATUS, "9430000012,F0,2021-08-12,,CDC", "12 or 9" },
		{ STATUS, "******000123,F0,2021-08-12,,CDC", "neither" },
		{ STATUS, "9.43E+10,F0,2021-08-12,,CDC", "neither" },
		{ STATUS, "VNM:PIN:0943000001,F0,2021-08-12,,CDC", "12 digits" },
		{ STATUS, "VNM:pin:094300000123,F0,2021-08-12,,CDC", "neither" },
		{ STATUS, "VN:PIN:094300000123,F0,2021-08-12,,CDC", "neither" },
		{ STATUS, "094300000123,,2021-08-12,,CDC", "status is missing" },
		{ STATUS, "094300000123,F9,2021-08-12,,CDC", "status: not one" },
		{ STATUS, "094300000123,none,2021-08-12,,CDC", "status: not one" },
		{ STATUS, "094300000123,F0,,,CDC", "since is missing" },
		{ STATUS, "094300000123,F0,2021-08-12,,", "source is missing" },
		{ STATUS, "094300000123,F0,12/08/2021,,CDC", "since: not a time" },
		{ STATUS, "094300000123,F0,2021-02-30,,CDC", "since: not a time" },
		{ STATUS, "094300000123,F0,2151-01-01,,CDC", "since: not a time" },
		{ STATUS, "094300000123,F0,2021-08-12,2021-08-11,CDC",
		    "ends is before since" },
		{ STATUS, "094300000123,F0,2021-08-12,,\x1b[2J", "control" },
		{ STATUS, "094300000123,F0,2021-08-12,,a\xe2\x80\xae" "b", "control" },
		{ STATUS, "094300000123,F0,2021-08-12,,"
		    "0123456789012345678901234567890123456789012345678901234567890123",
		    "longer than 63" },
		{ PERSON, "094300000123,,2,", "shipper: not within" },
		{ PERSON, "094300000123,,,-1", "doses: not a number" },
		{ PERSON, "094300000123,,,99999999999999999999", "doses: not a" },
		{ PERSON, "094300000123,,,10", "doses: not within" },
		{ "plate,kind", ",car", "plate is missing" },
		{ "plate,kind", "94300000123,car", "plate" },
		{ "plate,kind", "AB,car", "not a plate" },
		{ "plate,kind", "30A12345,an-omnibus-of-great-length", "longer" },
		{ "id,state,days", "094300000123,valid,8", "days: not days" },
		{ "id,state,days", "094300000123,valid,11", "days: not days" },
		{ "id,state,hours", "094300000123,valid,5:00-21:00", "hours: " },
		{ "id,state,hours", "094300000123,valid,05:60-21:00", "hours: " },
		{ "id,state,hours", "094300000123,valid,24:00-21:00", "hours: " },
		{ "id,state,hours", "094300000123,valid,05:00-24:01", "hours: " },
		{ "id,state,hours", "094300000123,valid,05:00-05:00", "hours: " },
		{ "id,declared_at,origin_zone", "094300000123,2021-10-01,5",
		    "origin_zone: not within" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct register_answer a;
		struct err err = { 0 };

		if (through(cases[i].names, cases[i].line, &a, &err) == 0)
			fail_msg("taken: %s", cases[i].line);
		if (strstr(err.text, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].line, err.text);
	}
}

static void
test_bytes_that_are_no_row_are_refused(void **state)
{
	static const struct {
		size_t n;
		unsigned char bytes[24];
	} cases[] = {
		{ 1, { 0x80 } },             /* cut */
		{ 2, { 0x80, 0x80 } },
		{ 1, { 0x07 } },             /* a seventh of six words */
		{ 11, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0x01 } },
		{ 10, { 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0x7f } },                /* a time beyond all time */
		{ 5, { 0x01, 0x01, 0x01, 0x01, 0x01 } }, /* a column too many */
	};
	struct row row;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(row_unpack(&lists[LIST_STATUSES],
		    cases[i].bytes, cases[i].n, &row), -1);
	for (int byte = 0; byte < 4096; byte++) { /* any bytes: no crash */
		unsigned char noise[6];

		for (size_t k = 0; k < sizeof(noise); k++)
			noise[k] = (unsigned char)(byte * 31 + (int)k * byte);
		for (int list = 0; list < LIST_COUNT; list++)
			row_unpack(&lists[list], noise, sizeof(noise), &row);
	}
}

static void
test_a_status_is_six_bytes(void **state)
{
	struct row row = { 0 };
	unsigned char packed[ROW_PACKED_MAX];

	(void)state;
	row.cells[1] = (struct cell){ .given = true, .number = 0 };
	row.cells[2] = (struct cell){ .given = true,
	    .number = at("2021-08-12T00:00+07:00") };
	row.cells[3] = (struct cell){ .given = true,
	    .number = at("2021-09-02T23:59:59+07:00") };
	row.cells[4] = (struct cell){ .given = true, .number = 100 };
	/* Ten million in 300 MB is a promise; each byte is 10 MB of it. */
	assert_true(row_pack(&lists[LIST_STATUSES], &row, packed) <= 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_header_finds_the_list),
		cmocka_unit_test(test_a_declaration_comes_back),
		cmocka_unit_test(test_an_end_takes_its_day_in),
		cmocka_unit_test(test_a_permit_has_days_and_hours),
		cmocka_unit_test(test_times_of_any_kind_come_back),
		cmocka_unit_test(test_bad_cells_are_refused),
		cmocka_unit_test(test_bytes_that_are_no_row_are_refused),
		cmocka_unit_test(test_a_status_is_six_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
