DROP TABLE finding_scans;
DROP TABLE findings;
