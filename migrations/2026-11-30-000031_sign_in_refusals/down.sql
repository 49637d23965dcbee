DROP TABLE sign_in_refusals;
