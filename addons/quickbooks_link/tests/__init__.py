from . import (
    test_app_keys,
    test_company_tab,
    test_flow_connect,
    test_flow_token,
    test_neutralize,
    test_tour_company_tab,
    test_vault,
)
