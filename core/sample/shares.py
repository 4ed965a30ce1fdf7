"""How much of what the sample holds, where several modules go by it. Times are in days, shares are of one."""

PROGRAMS = {"cerri": 0.45, "raf": 0.30, "ptr": 0.25}  # of the leads
SPAN_DAYS = 548  # eighteen months of submissions
ORG_KINDS = {"business": 0.92, "university": 0.025, "agency": 0.025, "competitor": 0.01, "individual": 0.02}
PARENTS, DOMAIN_MISSING, TEST_DOMAIN = 0.04, 0.04, 0.15
SAME_PERSON = ("again", "rival", "while_owned", "rival_later", "other_program")
CHANNELS = {"cerri": {"trial_signup": 0.63, "contact_form": 0.33, "page_view": 0.02, "phone": 0.02},
            "raf": {"web_form": 0.97, "email": 0.03}, "ptr": {"web_form": 0.97, "email": 0.03}}
PRODUCTS = (  # share and products of a Celigo lead
    (0.600, ["integrator_io"]), (0.240, ["b2b_manager"]), (0.065, ["integrator_io", "b2b_manager"]),
    (0.020, ["free_edition"]), (0.020, ["services"]), (0.012, ["cloudextend_personal"]),
    (0.012, ["cloudextend_enterprise"]), (0.011, ["try_for_free"]), (0.010, ["integrator_io", "services"]), (0.010, []),
)
FIRST_CLICK_KNOWN, HISTORY_UNAVAILABLE, HISTORY_SEARCHED = 0.88, 0.03, 0.45
SOURCE_CONTEXT = {"normal": 0.86, "trade_show": 0.09, "purchased_list": 0.05}
FOLLOW_UP = {"prospect": 0.60, "partner": 0.32, None: 0.08}
