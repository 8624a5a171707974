"""What all tests of pages share."""

from tests.component_scan import scan_components_once as scan_components_once
