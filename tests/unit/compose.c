/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people type in Telex and VNI comes out as they write it. */
#include "test.h"

#include "screen.h"

#include <dirent.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* '<' erases. */
static const char *
typed(enum compose_method method, const char *keys, char text[COMPOSE_TEXT_MAX])
{
	struct compose compose = { .method = method };
	size_t n = strlen(keys), at = 0;

	text[0] = '\0';
	while (at < n) {
		char character[5] = "";

		utf8_put(utf8_next(keys, n, &at), character);
		if (character[0] == '<')
			compose_erase(&compose, text);
		else
			assert_true(compose_type(&compose, text,
			    COMPOSE_TEXT_MAX, character));
	}
	return text;
}

struct typing {
	const char *keys, *want;
};

static void
check(enum compose_method method, const struct typing *cases, size_t n)
{
	char text[COMPOSE_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		if (strcmp(typed(method, cases[i].keys, text), cases[i].want) !=
		    0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].keys, text,
			    cases[i].want);
}

static void
test_telex_as_people_type_it(void **state)
{
	static const struct typing cases[] = {
		/* names and places of a post */
		{ "Nguyeenx Thij Maaux", "Nguyễn Thị Mẫu" },
		{ "Nguyenex Vawn Binhf", "Nguyễn Văn Bình" },
		{ "Traanf Thij Hoaf", "Trần Thị Hòa" },
		{ "Leej Thuys", "Lệ Thúy" },
		{ "PHAMJ DDUWCS", "PHẠM ĐỨC" },
		{ "Hoangf Quoocs Vieejt", "Hoàng Quốc Việt" },
		{ "Xocs Trawng", "Xóc Trăng" },
		{ "Phuwowngf 2, TP Socs Trawng", "Phường 2, TP Sóc Trăng" },
		{ "DDawks Lawks", "Đắk Lắk" },
		{ "Quangr Ngaix", "Quảng Ngãi" },
		{ "Thuwaf Thieen Hueees", "Thừa Thiên Huees" },
		{ "Huees", "Huế" },
		{ "Myx Xuyeen", "Mỹ Xuyên" },
		{ "Huynhf", "Huỳnh" },
		{ "Khuyur", "Khuỷu" }, { "khuyar", "khuỷa" },
		{ "Gias", "Giá" }, { "gif", "gì" }, { "ginf", "gìn" },
		{ "giuwx", "giữ" }, { "gieengs", "giếng" }, { "giefo", "gièo" },
		{ "quys", "quý" }, { "quar", "quả" }, { "quowr", "quở" },
		{ "quyeenf", "quyền" }, { "quaanj", "quận" },
		{ "nghieengf", "nghiềng" }, { "oanhf", "oành" },
		/* the horn: anywhere, once or twice */
		{ "thuowngf", "thường" }, { "thuwowngf", "thường" },
		{ "thuongwf", "thường" }, { "thuongfw", "thường" },
		{ "nguwoif", "người" }, { "nguoiwf", "người" },
		{ "nguowif", "người" }, { "thuowr", "thuở" },
		{ "khuow", "khuơ" }, { "huow", "huơ" }, { "huowng", "hương" },
		{ "thuoww", "thươ" }, { "thuowww", "thuow" },
		{ "cuwar", "cửa" }, { "cuawr", "cửa" }, { "huwu", "hưu" },
		{ "huuw", "hưu" }, { "ruowuj", "rượu" }, { "hoawcj", "hoặc" },
		{ "hoacwj", "hoặc" }, { "tw", "tư" }, { "nhwngx", "những" },
		{ "w", "ư" }, { "W", "Ư" }, { "ww", "w" }, { "tww", "tw" },
		{ "www", "ww" },
		/* keys late, and the tone moves */
		{ "tienges", "tiếng" }, { "tieesng", "tiếng" },
		{ "tieengs", "tiếng" }, { "hoasn", "hoán" }, { "hofan", "hoàn" },
		{ "hoaf", "hòa" }, { "hoafn", "hoàn" }, { "hoafi", "hoài" },
		{ "muaf", "mùa" }, { "mias", "mía" }, { "miaas", "miaas" },
		{ "dand", "đan" }, { "danhd", "đanh" }, { "Dangd", "Đang" },
		{ "toansj", "toạn" }, { "toasz", "toa" },
		/* undo by the same key */
		{ "ass", "as" }, { "aff", "af" }, { "arr", "ar" },
		{ "axx", "ax" }, { "ajj", "aj" }, { "aaa", "aa" },
		{ "eee", "ee" }, { "ooo", "oo" }, { "ddd", "dd" },
		{ "uww", "uw" }, { "oww", "ow" }, { "aww", "aw" },
		{ "tesst", "test" }, { "aaaa", "aaa" }, { "dddd", "ddd" },
		{ "xooong", "xoong" }, { "hoafff", "hoaff" },
		{ "thuwowww", "thuoww" },
		/* one mark takes another's place */
		{ "aaw", "ă" }, { "awa", "â" }, { "oow", "ơ" }, { "owo", "ô" },
		{ "asf", "à" }, { "afs", "á" }, { "asz", "a" }, { "az", "az" },
		/* what is no Vietnamese stays */
		{ "Jones", "Jones" }, { "Smith", "Smith" }, { "xyz", "xyz" },
		{ "catf", "catf" }, { "Pleiku", "Pleiku" }, { "51F", "51F" },
		{ "Muller", "Muller" },
		{ "A1 s", "A1 s" }, { "T4s", "T4s" }, { "b", "b" },
		{ "straoss", "straoss" }, { "internationalf", "internationalf" },
		/* erased whole, and the tone goes back */
		{ "hoafn<", "hòa" }, { "hoaf<", "hò" }, { "hoaf<<", "h" },
		{ "tieengs<<", "tiế" }, { "<", "" }, { "Ddaa<<", "" },
		{ "ab <", "ab" },
		/* marks that a keyboard sends by itself */
		{ "a\xcc\x81", "á" }, { "é", "é" }, { "ês", "ế" },
	};

	(void)state;
	check(COMPOSE_TELEX, cases, nitems(cases));
}

static void
test_vni_as_people_type_it(void **state)
{
	static const struct typing cases[] = {
		{ "Nguye64n Thi5 Ma64u", "Nguyễn Thị Mẫu" },
		{ "Nguyen64 Va8n Binh2", "Nguyễn Văn Bình" },
		{ "D9u7c1", "Đức" }, { "Duc971", "Đức" },
		{ "Phu7o7ng2 2", "Phường 2" }, { "Phuong72", "Phường" },
		{ "nguoi72", "người" }, { "thuo73", "thuở" },
		{ "D9a81k La81k", "Đắk Lắk" }, { "Hue61", "Huế" },
		{ "quy1", "quý" }, { "gi2", "gì" }, { "hoa2", "hòa" },
		{ "a11", "a1" }, { "a66", "a6" }, { "o77", "o7" },
		{ "a88", "a8" }, { "d99", "d9" }, { "a10", "a" },
		{ "a0", "a0" }, { "a16", "ấ" }, { "a68", "ă" },
		{ "12", "12" }, { "Q1", "Q1" }, { "to 5", "to 5" },
		{ "51F12345", "51F12345" }, { "b9", "b9" }, { "www", "www" },
		{ "aa", "aa" }, { "ass", "ass" },
	};

	(void)state;
	check(COMPOSE_VNI, cases, nitems(cases));
}

static void
test_off_types_what_is_typed(void **state)
{
	static const struct typing cases[] = {
		{ "ass dd a1 ww", "ass dd a1 ww" }, { "aa<", "a" },
		{ "é", "é" }, { "a\xcc\x81", "á" },
	};

	(void)state;
	check(COMPOSE_OFF, cases, nitems(cases));
}

/* ---- all shapes of syllables ------------------------------------------------------ */

/* '*' stands behind the letter that has the tone. */
static const char *const rimes[] = {
	"a*", "a*c", "a*ch", "a*m", "a*n", "a*ng", "a*nh", "a*p", "a*t", "a*i",
	"a*o", "a*u", "a*y", "ă*c", "ă*k", "ă*m", "ă*n", "ă*ng", "ă*p", "ă*t",
	"â*c", "â*m", "â*n", "â*ng", "â*p", "â*t", "â*u", "â*y", "e*", "e*c",
	"e*m", "e*n", "e*ng", "e*o", "e*p", "e*t", "ê*", "ê*ch", "ê*m", "ê*n",
	"ê*nh", "ê*p", "ê*t", "ê*u", "i*", "i*a", "i*ch", "i*m", "i*n", "i*nh",
	"i*p", "i*t", "i*u", "iê*c", "iê*m", "iê*n", "iê*ng", "iê*p", "iê*t",
	"iê*u", "o*", "o*a", "o*c", "o*e", "o*i", "o*m", "o*n", "o*ng", "o*p",
	"o*t", "oa*c", "oa*ch", "oa*i", "oa*m", "oa*n", "oa*ng", "oa*nh",
	"oa*o", "oa*p", "oa*t", "oa*y", "oă*c", "oă*m", "oă*n", "oă*ng",
	"oă*t", "oe*n", "oe*o", "oe*t", "ô*", "ô*c", "ô*i", "ô*m", "ô*n",
	"ô*ng", "ô*p", "ô*t", "ơ*", "ơ*i", "ơ*m", "ơ*n", "ơ*p", "ơ*t", "u*",
	"u*a", "u*c", "u*i", "u*m", "u*n", "u*ng", "u*p", "u*t", "u*y",
	"uâ*n", "uâ*ng", "uâ*t", "uâ*y", "uê*", "uê*ch", "uê*nh", "uô*c",
	"uô*i", "uô*m", "uô*n", "uô*ng", "uô*t", "uy*a", "uy*ch", "uy*n",
	"uy*nh", "uy*t", "uy*u", "uyê*n", "uyê*t", "ư*", "ư*a", "ư*c", "ư*i",
	"ư*m", "ư*n", "ư*ng", "ư*t", "ư*u", "ươ*c", "ươ*i", "ươ*m", "ươ*n",
	"ươ*ng", "ươ*p", "ươ*t", "ươ*u", "y*", "yê*m", "yê*n", "yê*ng",
	"yê*t", "yê*u",
};

static const char *const onsets[] = {
	"", "b", "c", "ch", "d", "đ", "g", "gh", "h", "k", "kh", "l", "m", "n",
	"ng", "ngh", "nh", "p", "ph", "r", "s", "t", "th", "tr", "v", "x",
	"gi", "qu",
};

static const struct {
	const char *letter, *telex, *vni;
} spellings[] = {
	{ "ă", "aw", "a8" }, { "â", "aa", "a6" }, { "ê", "ee", "e6" },
	{ "ô", "oo", "o6" }, { "ơ", "ow", "o7" }, { "ư", "uw", "u7" },
	{ "đ", "dd", "d9" },
};

static const struct {
	const char *mark, *telex, *vni;
	bool stops; /* it may stand before c ch k p t */
} tones[] = {
	{ "", "", "", true }, { "\xcc\x81", "s", "1", true },
	{ "\xcc\x80", "f", "2", false }, { "\xcc\x89", "r", "3", false },
	{ "\xcc\x83", "x", "4", false }, { "\xcc\xa3", "j", "5", true },
};

/* The keys of a syllable; the tone where '*' is (early) or last. */
static void
spell(const char *syllable, bool telex, bool early, const char *tone,
    char keys[64])
{
	size_t n = strlen(syllable), at = 0;

	keys[0] = '\0';
	while (at < n) {
		size_t from = at;
		const char *add = NULL;
		char one[5] = "";

		utf8_put(utf8_next(syllable, n, &at), one);
		for (size_t i = 0; i < nitems(spellings); i++)
			if (strcmp(spellings[i].letter, one) == 0)
				add = telex ? spellings[i].telex :
				    spellings[i].vni;
		if (syllable[from] == '*')
			add = early ? tone : "";
		strcat(keys, add != NULL ? add : one);
	}
	if (!early)
		strcat(keys, tone);
}

static void
expect(const char *syllable, const char *mark, char want[64])
{
	char parts[64] = "";
	const char *star = strchr(syllable, '*');

	snprintf(parts, sizeof(parts), "%.*s%s%s", (int)(star - syllable),
	    syllable, mark, star + 1);
	text_nfc(parts, strlen(parts), want, 64);
}

static size_t
check_syllable(const char *syllable)
{
	bool stop = strchr("ckpt", syllable[strlen(syllable) - 1]) != NULL ||
	    (strlen(syllable) > 2 &&
	    strcmp(syllable + strlen(syllable) - 2, "ch") == 0);
	char keys[64], want[64], text[COMPOSE_TEXT_MAX];
	size_t n = 0;

	for (size_t t = 0; t < nitems(tones); t++)
		for (int way = 0; way < 4; way++) {
			bool telex = (way & 1) != 0, early = (way & 2) != 0;

			if (stop && !tones[t].stops)
				continue;
			spell(syllable, telex, early, telex ?
			    tones[t].telex : tones[t].vni, keys);
			expect(syllable, tones[t].mark, want);
			if (strcmp(typed(telex ? COMPOSE_TELEX : COMPOSE_VNI,
			    keys, text), want) != 0)
				fail_msg("%s: \"%s\", not \"%s\"", keys, text,
				    want);
			n++;
		}
	return n;
}

static void
test_every_shape_of_syllable(void **state)
{
	char syllable[64];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < nitems(rimes); i++) {
		snprintf(syllable, sizeof(syllable), "t%s", rimes[i]);
		n += check_syllable(syllable);
		n += check_syllable(rimes[i]);
	}
	for (size_t i = 0; i < nitems(onsets); i++) {
		snprintf(syllable, sizeof(syllable), "%sa*n", onsets[i]);
		n += check_syllable(syllable);
		snprintf(syllable, sizeof(syllable), "%sâ*y", onsets[i]);
		n += check_syllable(syllable);
	}
	assert_true(n > 5000);
}

static void
test_no_room_changes_nothing(void **state)
{
	struct compose compose = { .method = COMPOSE_TELEX };
	char text[6] = "";

	(void)state;
	for (const char *key = "hoanf"; *key != '\0'; key++) {
		char one[2] = { *key, '\0' };

		compose_type(&compose, text, sizeof(text), one);
	}
	assert_string_equal(text, "hoàn"); /* five bytes and the end */
	assert_false(compose_type(&compose, text, sizeof(text), "g"));
	assert_string_equal(text, "hoàn");
	assert_false(compose_type(&compose, text, sizeof(text), "é"));
	assert_string_equal(text, "hoàn");
}

static void
test_corpus(void **state)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;
	size_t files = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/compose",
	    getenv("SRCDIR"));
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		unsigned char bytes[4096];
		FILE *f;
		size_t n;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/compose/%s",
		    getenv("SRCDIR"), entry->d_name);
		f = fopen(path, "rb");
		assert_non_null(f);
		n = fread(bytes, 1, sizeof(bytes), f);
		fclose(f);
		LLVMFuzzerTestOneInput(bytes, n);
		files++;
	}
	closedir(dir);
	assert_true(files >= 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_telex_as_people_type_it),
		cmocka_unit_test(test_vni_as_people_type_it),
		cmocka_unit_test(test_off_types_what_is_typed),
		cmocka_unit_test(test_every_shape_of_syllable),
		cmocka_unit_test(test_no_room_changes_nothing),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
