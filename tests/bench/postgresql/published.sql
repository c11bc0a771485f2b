-- The columns that cross; both sides make their table LIKE this one.
CREATE TEMP TABLE published (
  id text NOT NULL,
  -- What the row filter asks, computed when the row is written.
  shareable boolean NOT NULL,
  status text NOT NULL,
  language text NOT NULL,
  title text NOT NULL,
  description text NOT NULL,
  isco text,
  occupation text,
  employer text,
  employer_legal_id text,
  skills text,
  country text,
  subdivision text,
  municipality text,
  contract_type text,
  schedule text,
  isced int,
  experience_months int,
  start_date date,
  closing_date date,
  rest jsonb
);
