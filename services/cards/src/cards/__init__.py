"""The cards service: customers, their cards, enrolment and look-up."""
