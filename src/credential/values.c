/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * values - value sets as data: what a code in a document stands for.
 *
 * Sets grow; an unknown code is shown as it is, never refused for that.
 * Sources: devices-and-documents 1.1, 3.7 and 11.1.
 */
#include "parts.h"

#include <string.h>

struct value {
	const char *code, *label;
};

/* Circular 07/2016/TT-BCA, appendix 1: the 63 provinces of 2021. */
static const struct value provinces[] = {
	{ "001", "Hà Nội" },
	{ "002", "Hà Giang" },
	{ "004", "Cao Bằng" },
	{ "006", "Bắc Kạn" },
	{ "008", "Tuyên Quang" },
	{ "010", "Lào Cai" },
	{ "011", "Điện Biên" },
	{ "012", "Lai Châu" },
	{ "014", "Sơn La" },
	{ "015", "Yên Bái" },
	{ "017", "Hòa Bình" },
	{ "019", "Thái Nguyên" },
	{ "020", "Lạng Sơn" },
	{ "022", "Quảng Ninh" },
	{ "024", "Bắc Giang" },
	{ "025", "Phú Thọ" },
	{ "026", "Vĩnh Phúc" },
	{ "027", "Bắc Ninh" },
	{ "030", "Hải Dương" },
	{ "031", "Hải Phòng" },
	{ "033", "Hưng Yên" },
	{ "034", "Thái Bình" },
	{ "035", "Hà Nam" },
	{ "036", "Nam Định" },
	{ "037", "Ninh Bình" },
	{ "038", "Thanh Hóa" },
	{ "040", "Nghệ An" },
	{ "042", "Hà Tĩnh" },
	{ "044", "Quảng Bình" },
	{ "045", "Quảng Trị" },
	{ "046", "Thừa Thiên Huế" },
	{ "048", "Đà Nẵng" },
	{ "049", "Quảng Nam" },
	{ "051", "Quảng Ngãi" },
	{ "052", "Bình Định" },
	{ "054", "Phú Yên" },
	{ "056", "Khánh Hòa" },
	{ "058", "Ninh Thuận" },
	{ "060", "Bình Thuận" },
	{ "062", "Kon Tum" },
	{ "064", "Gia Lai" },
	{ "066", "Đắk Lắk" },
	{ "067", "Đắk Nông" },
	{ "068", "Lâm Đồng" },
	{ "070", "Bình Phước" },
	{ "072", "Tây Ninh" },
	{ "074", "Bình Dương" },
	{ "075", "Đồng Nai" },
	{ "077", "Bà Rịa - Vũng Tàu" },
	{ "079", "Hồ Chí Minh" },
	{ "080", "Long An" },
	{ "082", "Tiền Giang" },
	{ "083", "Bến Tre" },
	{ "084", "Trà Vinh" },
	{ "086", "Vĩnh Long" },
	{ "087", "Đồng Tháp" },
	{ "089", "An Giang" },
	{ "091", "Kiên Giang" },
	{ "092", "Cần Thơ" },
	{ "093", "Hậu Giang" },
	{ "094", "Sóc Trăng" },
	{ "095", "Bạc Liêu" },
	{ "096", "Cà Mau" },
};

static const struct value plate_provinces[] = {
	{ "11", "Cao Bằng" },
	{ "12", "Lạng Sơn" },
	{ "14", "Quảng Ninh" },
	{ "15", "Hải Phòng" },
	{ "16", "Hải Phòng" },
	{ "17", "Thái Bình" },
	{ "18", "Nam Định" },
	{ "19", "Phú Thọ" },
	{ "20", "Thái Nguyên" },
	{ "21", "Yên Bái" },
	{ "22", "Tuyên Quang" },
	{ "23", "Hà Giang" },
	{ "24", "Lào Cai" },
	{ "25", "Lai Châu" },
	{ "26", "Sơn La" },
	{ "27", "Điện Biên" },
	{ "28", "Hòa Bình" },
	{ "29", "Hà Nội" },
	{ "30", "Hà Nội" },
	{ "31", "Hà Nội" },
	{ "32", "Hà Nội" },
	{ "33", "Hà Nội" },
	{ "34", "Hải Dương" },
	{ "35", "Ninh Bình" },
	{ "36", "Thanh Hóa" },
	{ "37", "Nghệ An" },
	{ "38", "Hà Tĩnh" },
	{ "39", "Đồng Nai" },
	{ "40", "Hà Nội" },
	{ "41", "TP. Hồ Chí Minh" },
	{ "43", "Đà Nẵng" },
	{ "47", "Đắk Lắk" },
	{ "48", "Đắk Nông" },
	{ "49", "Lâm Đồng" },
	{ "50", "TP. Hồ Chí Minh" },
	{ "51", "TP. Hồ Chí Minh" },
	{ "52", "TP. Hồ Chí Minh" },
	{ "53", "TP. Hồ Chí Minh" },
	{ "54", "TP. Hồ Chí Minh" },
	{ "55", "TP. Hồ Chí Minh" },
	{ "56", "TP. Hồ Chí Minh" },
	{ "57", "TP. Hồ Chí Minh" },
	{ "58", "TP. Hồ Chí Minh" },
	{ "59", "TP. Hồ Chí Minh" },
	{ "60", "Đồng Nai" },
	{ "61", "Bình Dương" },
	{ "62", "Long An" },
	{ "63", "Tiền Giang" },
	{ "64", "Vĩnh Long" },
	{ "65", "Cần Thơ" },
	{ "66", "Đồng Tháp" },
	{ "67", "An Giang" },
	{ "68", "Kiên Giang" },
	{ "69", "Cà Mau" },
	{ "70", "Tây Ninh" },
	{ "71", "Bến Tre" },
	{ "72", "Bà Rịa–Vũng Tàu" },
	{ "73", "Quảng Bình" },
	{ "74", "Quảng Trị" },
	{ "75", "Thừa Thiên Huế" },
	{ "76", "Quảng Ngãi" },
	{ "77", "Bình Định" },
	{ "78", "Phú Yên" },
	{ "79", "Khánh Hòa" },
	{ "80", "central authorities" },
	{ "81", "Gia Lai" },
	{ "82", "Kon Tum" },
	{ "83", "Sóc Trăng" },
	{ "84", "Trà Vinh" },
	{ "85", "Ninh Thuận" },
	{ "86", "Bình Thuận" },
	{ "88", "Vĩnh Phúc" },
	{ "89", "Hưng Yên" },
	{ "90", "Hà Nam" },
	{ "92", "Quảng Nam" },
	{ "93", "Bình Phước" },
	{ "94", "Bạc Liêu" },
	{ "95", "Hậu Giang" },
	{ "97", "Bắc Kạn" },
	{ "98", "Bắc Giang" },
	{ "99", "Bắc Ninh" },
};

static const struct value diseases[] = {
	{ "840539006", "COVID-19" },
};

static const struct value vaccines[] = {
	{ "1119349007", "mRNA" },
	{ "1119305005", "antigen" },
	{ "J07BX03", "COVID-19 vaccines" },
	{ "1162643001", "recombinant spike" },
	{ "1157024006", "inactivated" },
	{ "29061000087103", "viral vector" },
	{ "28531000087107", "COVID-19 vaccine" },
	{ "30141000087107", "VLP" },
	{ "1187593009", "DNA" },
};

static const struct value products[] = {
	{ "EU/1/20/1528", "Comirnaty" },
	{ "EU/1/20/1507", "Spikevax" },
	{ "EU/1/21/1529", "Vaxzevria" },
	{ "EU/1/20/1525", "Jcovden (Janssen)" },
	{ "EU/1/21/1618", "Nuvaxovid" },
	{ "EU/1/21/1624", "Valneva" },
	{ "EU/1/21/1580", "VidPrevtyn Beta" },
	{ "EU/1/22/1709", "Bimervax" },
	{ "Sputnik-V", "Sputnik-V" },
	{ "Sputnik-Light", "Sputnik-Light" },
	{ "Sputnik-M", "Sputnik-M" },
	{ "BBIBP-CorV", "BBIBP-CorV (Sinopharm Vero Cell)" },
	{ "Inactivated-SARS-CoV-2-Vero-Cell", "Inactivated-SARS-CoV-2-Vero-Cell (deprecated)" },
	{ "WIBP-CorV", "WIBP-CorV" },
	{ "CoronaVac", "CoronaVac" },
	{ "Covaxin", "Covaxin" },
	{ "Covishield", "Covishield" },
	{ "Covovax", "Covovax" },
	{ "Hayat-Vax", "Hayat-Vax" },
	{ "Abdala", "Abdala" },
	{ "Soberana-02", "Soberana-02" },
	{ "Soberana-Plus", "Soberana-Plus" },
	{ "Convidecia", "Convidecia" },
	{ "EpiVacCorona", "EpiVacCorona" },
	{ "EpiVacCorona-N", "EpiVacCorona-N" },
	{ "CoviVac", "CoviVac" },
	{ "CVnCoV", "CVnCoV" },
	{ "NVX-CoV2373", "NVX-CoV2373 (deprecated)" },
	{ "R-COVI", "R-COVI" },
	{ "Covid-19-recombinant", "Covid-19-recombinant" },
	{ "Covid-19-adsorvida-inativada", "Covid-19-adsorvida-inativada" },
	{ "MVC-COV1901", "MVC-COV1901" },
	{ "NVSI-06-08", "NVSI-06-08" },
	{ "YS-SC2-010", "YS-SC2-010" },
	{ "SCTV01C", "SCTV01C" },
	{ "Covifenz", "Covifenz" },
	{ "AZD2816", "AZD2816" },
	{ "VLA2001", "VLA2001 (deprecated)" },
	{ "Vidprevtyn", "Vidprevtyn (deprecated)" },
};

static const struct value manufacturers[] = {
	{ "ORG-100001699", "AstraZeneca" },
	{ "ORG-100030215", "BioNTech" },
	{ "ORG-100001417", "Janssen" },
	{ "ORG-100031184", "Moderna" },
	{ "ORG-100032020", "Novavax" },
	{ "ORG-100001981", "Serum Institute" },
	{ "ORG-100020693", "Sinopharm Beijing" },
	{ "ORG-100013793", "CanSino" },
	{ "ORG-100023050", "Gulf Pharmaceutical (Hayat-Vax)" },
	{ "ORG-100006270", "CureVac" },
	{ "ORG-100007893", "R-Pharm" },
	{ "ORG-100033914", "Medigen" },
	{ "ORG-100000788", "Sanofi" },
	{ "ORG-100036422", "Valneva" },
	{ "ORG-100036914", "Hipra" },
	{ "ORG-100008549", "Medicago" },
	{ "Gamaleya-Research-Institute", "Gamaleya Research Institute" },
	{ "Sinovac-Biotech", "Sinovac Biotech" },
	{ "Bharat-Biotech", "Bharat Biotech" },
	{ "CIGB", "CIGB (Abdala)" },
	{ "Finlay-Institute", "Finlay Institute" },
	{ "Sinopharm-WIBP", "Sinopharm WIBP" },
	{ "Vector-Institute", "Vector Institute" },
	{ "Fiocruz", "Fiocruz" },
	{ "Instituto-Butantan", "Instituto Butantan" },
	{ "NVSI", "NVSI" },
	{ "Yisheng-Biopharma", "Yisheng Biopharma" },
	{ "Chumakov-Federal-Scientific-Center", "Chumakov Federal Scientific Center" },
};

/* In the words of the facts (chot-policy(5)). */
static const struct value test_types[] = {
	{ "LP6464-4", "pcr" },
	{ "LP217198-3", "antigen" },
};

static const struct value test_results[] = {
	{ "260415000", "negative" },
	{ "260373001", "positive" },
};

/* Device numbers of the JRC list that are common here. */
static const struct value test_devices[] = {
	{ "345", "SD Biosensor Standard Q" },
	{ "344", "SD Biosensor Standard F" },
	{ "1232", "Abbott Panbio" },
	{ "1604", "Roche" },
	{ "1468", "ACON Flowflex" },
	{ "1218", "Siemens Clinitest" },
	{ "1278", "Xiamen Boson" },
	{ "1833", "AAZ" },
};

/* CVX codes of SMART Health Cards. */
static const struct value cvx[] = {
	{ "207", "Spikevax" },
	{ "208", "Comirnaty" },
	{ "210", "Vaxzevria" },
	{ "211", "Nuvaxovid" },
	{ "212", "Jcovden (Janssen)" },
	{ "217", "Comirnaty" },
	{ "218", "Comirnaty" },
	{ "219", "Comirnaty" },
	{ "221", "Spikevax" },
	{ "502", "Covaxin" },
	{ "510", "BBIBP-CorV (Sinopharm Vero Cell)" },
	{ "511", "CoronaVac" },
};

static const struct {
	const struct value *values;
	size_t n;
} sets[] = {
	[VALUES_PROVINCE] = { provinces, nitems(provinces) },
	[VALUES_PLATE_PROVINCE] = { plate_provinces, nitems(plate_provinces) },
	[VALUES_DISEASE] = { diseases, nitems(diseases) },
	[VALUES_VACCINE] = { vaccines, nitems(vaccines) },
	[VALUES_PRODUCT] = { products, nitems(products) },
	[VALUES_MANUFACTURER] = { manufacturers, nitems(manufacturers) },
	[VALUES_TEST_TYPE] = { test_types, nitems(test_types) },
	[VALUES_TEST_RESULT] = { test_results, nitems(test_results) },
	[VALUES_TEST_DEVICE] = { test_devices, nitems(test_devices) },
	[VALUES_CVX] = { cvx, nitems(cvx) },
};

const char *
value_label(enum value_set set, const char *code)
{
	for (size_t i = 0; i < sets[set].n; i++)
		if (strcmp(sets[set].values[i].code, code) == 0)
			return sets[set].values[i].label;
	return NULL;
}
