-- The origin: every vacancy by columns, and a publication that shows the
-- subscriber the rows and columns that it may see.
-- psql variables: file (JSON Lines of minga-sample), peer (ISO 3166-1).
\set ON_ERROR_STOP on
\ir published.sql
CREATE TABLE vacancy (n int NOT NULL, LIKE published, provenance text);
CREATE TEMP TABLE line (n serial, v jsonb);
\set copy_from '\\copy line (v) FROM ''' :file ''' WITH (FORMAT csv, QUOTE E''\\x01'', DELIMITER E''\\x02'')'
:copy_from
CREATE FUNCTION pg_temp.labels(items jsonb) RETURNS text LANGUAGE sql AS
  $$SELECT coalesce(string_agg(i ->> 'label', ' '), '')
    FROM jsonb_array_elements(items) i$$;
INSERT INTO vacancy
SELECT n, v ->> 'id',
  v ->> 'status' = 'VACANCY_STATUS_OPEN'
    AND coalesce((v #>> '{sharing,cross_border}')::boolean, false)
    AND (v #> '{sharing,countries}' IS NULL
         OR v #> '{sharing,countries}' ? :'peer')
    AND v #> '{recruitment,worker_fees}' IS NULL
    AND NOT coalesce((v #>> '{recruitment,documents_retained}')::boolean, true)
    AND (NOT coalesce((v #>> '{recruitment,agency}')::boolean, false)
         OR coalesce((v #>> '{recruitment,licence_valid_until}')::date
                     >= current_date, false))
    AND coalesce(v #>> '{employer,isic}', '') NOT IN ('C2520', 'O8422'),
  v ->> 'status', v #>> '{texts,0,language}', v #>> '{texts,0,title}',
  v #>> '{texts,0,description}', v #>> '{occupation,isco}',
  v #>> '{occupation,text}', v #>> '{employer,name}',
  v #>> '{employer,legal_id}', pg_temp.labels(v -> 'skills'),
  v #>> '{locations,0,country}', v #>> '{locations,0,subdivision}',
  v #>> '{locations,0,municipality}', v ->> 'contract_type',
  v ->> 'schedule', (v ->> 'isced_level')::int,
  (v ->> 'experience_months')::int, (v ->> 'start_date')::date,
  (v ->> 'closing_date')::date,
  v - '{id,status,texts,occupation,locations,contract_type,schedule,skills,isced_level,experience_months,start_date,closing_date,provenance}'::text[],
  v ->> 'provenance'
FROM (SELECT n - 1 AS n, v -> 'vacancy' AS v FROM line) l;
-- The columns of a row filter belong to the replica identity, and the column
-- list must have all of that.
CREATE UNIQUE INDEX vacancy_identity ON vacancy (id, shareable);
ALTER TABLE vacancy REPLICA IDENTITY USING INDEX vacancy_identity;
CREATE UNIQUE INDEX vacancy_by_number ON vacancy (n);
CREATE PUBLICATION for_peer FOR TABLE vacancy
  (id, shareable, status, language, title, description, isco, occupation,
   employer, employer_legal_id, skills, country, subdivision, municipality,
   contract_type, schedule, isced, experience_months, start_date, closing_date,
   rest)
  WHERE (shareable);
CREATE ROLE replicator LOGIN REPLICATION;
GRANT SELECT ON vacancy TO replicator;
VACUUM ANALYZE vacancy;
CHECKPOINT;
